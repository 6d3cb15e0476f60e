#include "data/contamination.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/function_ref.h"
#include "base/json.h"
#include "data/source_reader.h"
#include "data/word_grams.h"

namespace bantam {
namespace {

void for_each_string(const Json& value, FunctionRef<void(std::string_view)> body) {
  if (value.is_string()) body(value.get_ref<const std::string&>());
  if (value.is_structured())
    for (const Json& inner : value) for_each_string(inner, body);  // parse_json bounds the depth
}

}  // namespace

void Contamination::add_text(std::string_view text, Place place) {
  PackEvaluation& evaluation = evaluations_.back();
  const size_t words = for_each_gram<kWords>(
      text, false, [&](uint64_t hash, size_t, size_t) { grams_.try_emplace(hash, place); });
  ++evaluation.texts;
  evaluation.too_short += words < kWords;
}

void Contamination::add(const std::filesystem::path& evaluation) {
  for (const SourceFile& file : source_files(evaluation)) {
    const FileKind kind = file_kind(file.path);
    require(kind != FileKind::npy, ErrorCode::usage, "{}: holds tokens; evaluations are texts",
            file.path.string());
    evaluations_.push_back({.name = file.name});
    SourceReader reader(file.path, {});
    for (TextUnit unit; reader.next(unit);) {
      const std::string where = fmt::format("{}:{}", file.path.string(), unit.line);
      require(!unit.line_too_long, ErrorCode::invalid, "{}: is too long a row", where);
      const Place place{static_cast<uint32_t>(evaluations_.size() - 1),
                        static_cast<uint32_t>(std::min<uint64_t>(unit.line, ~uint32_t{0}))};
      if (has_rows(kind))
        for_each_string(parse_json(unit.text, where), [&](std::string_view text) { add_text(text, place); });
      else
        add_text(repaired_utf8(unit.text), place);
    }
    evaluations_.back().sha256 = reader.sha256();
  }
}

std::optional<Contamination::Hit> Contamination::find(std::string_view text) const {
  std::optional<Hit> hit;
  for_each_gram<kWords>(text, false, [&](uint64_t hash, size_t begin, size_t end) {
    if (hit) return;
    const auto found = grams_.find(hash);
    if (found == grams_.end()) return;
    const Place& place = found->second;
    hit = Hit{fmt::format("{}:{}", evaluations_[place.file].name, place.line),
              std::string(text.substr(begin, end - begin))};
  });
  return hit;
}

}  // namespace bantam
