#include "data/document_filter.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/threads.h"
#include "data/row_shapes.h"
#include "text/unicode.h"

namespace bantam {
namespace {

constexpr size_t kBatchBytes = size_t{8} << 20, kBatchUnits = 4096;

// Runs of white space are one space, and none at the ends.
std::string spaced(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      space = true;
      continue;
    }
    if (space && !out.empty()) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

std::pair<uint64_t, uint64_t> content_hash(std::string_view text) {
  const std::string hex = sha256_hex(text);
  uint64_t high = 0, low = 0;
  std::from_chars(hex.data(), hex.data() + 16, high, 16);
  std::from_chars(hex.data() + 16, hex.data() + 32, low, 16);
  return {high, low};
}

}  // namespace

// Of a document, or of a part of one.
struct DocumentFilter::Signature {
  std::string parts;  // the hashes of the parts; equal texts are cut into equal parts
  MinHash words;
  std::optional<Contamination::Hit> hit;

  void merge(Signature&& part) {
    parts += part.parts;
    words.merge(part.words);
    if (!hit) hit = std::move(part.hit);
  }
};

struct DocumentFilter::JudgedUnit {
  std::vector<Signature> rows;
};

const Verdict* verdict_on(const Verdicts& verdicts, uint64_t document, uint32_t row) {
  const auto found = std::lower_bound(
      verdicts.begin(), verdicts.end(), std::pair(document, row),
      [](const Verdict& verdict, const auto& key) { return std::pair(verdict.document, verdict.row) < key; });
  return found != verdicts.end() && found->document == document && found->row == row ? &*found : nullptr;
}

DocumentFilter::DocumentFilter(const FilterOptions& options, const RowFormat& format,
                               const SourceReader::Options& read)
    : options_(options), format_(format), read_(read), near_(options.similarity) {
  for (const std::filesystem::path& evaluation : options.decontaminate) contamination_.add(evaluation);
}

DocumentFilter::~DocumentFilter() = default;

void DocumentFilter::sign(std::string_view text, Dedupe dedupe, Signature& signature) const {
  if (text.empty()) return;  // a row without text is none to compare
  const bool valid = valid_utf8_prefix(text) == text.size();
  const std::string repaired = valid ? std::string() : repaired_utf8(text);
  if (!valid) text = repaired;
  if (dedupe != Dedupe::none) {
    const auto [high, low] = content_hash(spaced(text));
    signature.parts = fmt::format("{:016x}{:016x}", high, low);
  }
  if (dedupe == Dedupe::near) signature.words.add(text);
  if (!options_.decontaminate.empty()) signature.hit = contamination_.find(text);
}

DocumentFilter::JudgedUnit DocumentFilter::judge_unit(const TextUnit& unit, bool rows) const {
  JudgedUnit judged;
  if (!rows) {
    sign(unit.text, options_.dedupe, judged.rows.emplace_back());
    return judged;
  }
  try {
    Counts ignored;
    if (unit.line_too_long) return judged;
    for_each_row(parse_row(unit.text, ""), "", format_.prompt_field, ignored,
                 [&](const Json& row, const std::string&) {
                   const bool shows_image = row.contains("image") && !row["image"].is_null();
                   sign(row_text(row, format_.text_field, format_.prompt_field, format_.completion_field),
                        shows_image ? Dedupe::none : options_.dedupe, judged.rows.emplace_back());
                 });
  } catch (const RowError&) {  // packing says what is wrong with it
    judged.rows.clear();
  }
  return judged;
}

std::string DocumentFilter::name_of(const Place& place) const {
  return fmt::format("{}:{}", files_[place.file], place.line);
}

void DocumentFilter::decide(uint64_t document, uint32_t row, uint64_t line, const Signature& signature,
                            Verdicts& verdicts) {
  const Place place{static_cast<uint32_t>(files_.size() - 1), line};
  const auto say = [&](bool dropped, const char* reason, const std::string& why) {
    verdicts.push_back({document, row, dropped, reason, name_of(place) + ": " + why});
    if (!dropped) listed_.add(reason);
  };
  if (signature.hit) {
    say(!options_.list_only, "contaminated",
        fmt::format("holds 13 words of {}: {}", signature.hit->place, spaced(signature.hit->words)));
    if (!options_.list_only) return;
  }
  if (signature.parts.empty()) return;
  const auto hash = content_hash(signature.parts);
  const auto drop = [&](const char* reason, const std::string& why) {
    if (signature.hit)
      verdicts.pop_back(), listed_.by_name["contaminated"] -= 1;  // it goes for another reason
    say(true, reason, why);
  };
  if (const auto first = exact_.find(hash); first != exact_.end())
    return drop("duplicate", "has the text of " + name_of(first->second));
  const bool compared = options_.dedupe == Dedupe::near && !signature.words.empty();
  if (compared)
    if (const auto match = near_.find(signature.words))
      return drop("near_duplicate", fmt::format("resembles {} ({:.2f})", name_of(near_places_[match->text]),
                                                match->similarity));
  exact_.emplace(hash, place);
  if (!compared) return;
  near_.keep(signature.words);
  near_places_.push_back(place);
}

Verdicts DocumentFilter::judge(const std::filesystem::path& file, const std::string& name,
                               const std::function<void(uint64_t)>& progress) {
  Verdicts verdicts;
  files_.push_back(name);
  const FileKind kind = file_kind(file);
  if (kind == FileKind::npy) return verdicts;
  SourceReader reader(file, read_);
  std::vector<TextUnit> units = read_units(reader, kBatchBytes, kBatchUnits), next;
  Signature document;  // that comes in parts
  uint64_t line = 0;
  while (!units.empty()) {
    std::vector<JudgedUnit> judged(units.size());
    parallel_for(units.size() + 1, [&](size_t task) {
      if (task == 0)
        next = read_units(reader, kBatchBytes, kBatchUnits);
      else
        judged[task - 1] = judge_unit(units[task - 1], has_rows(kind));
    });
    for (size_t i = 0; i < units.size(); ++i) {
      const TextUnit& unit = units[i];
      if (has_rows(kind)) {
        for (size_t row = 0; row < judged[i].rows.size(); ++row)
          decide(unit.document, static_cast<uint32_t>(row), unit.line, judged[i].rows[row], verdicts);
        continue;
      }
      if (unit.begins) document = {}, line = unit.line;
      document.merge(std::move(judged[i].rows[0]));
      if (unit.ends) decide(unit.document, 0, line, document, verdicts);
    }
    units = std::move(next);
    progress(reader.file().file_position());
  }
  return verdicts;
}

PackFilters DocumentFilter::report() const {
  PackFilters filters{
      .dedupe = options_.dedupe, .similarity = {}, .evaluations = contamination_.evaluations(), .listed = {}};
  if (options_.dedupe == Dedupe::near) filters.similarity = options_.similarity;
  if (options_.list_only) filters.listed = listed_;
  return filters;
}

}  // namespace bantam
