#include "model/families.h"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/format_version.h"
#include "model/family/foreign_config.h"
#include "model/name_pattern.h"

namespace bantam {
namespace {

const Family kOurs{"bantam", {}, {}};

const FamilyReader* const kReaders[] = {&vuaf_reader(), &llama_reader(), &mamba2_reader(), &rwkv7_reader(),
                                        &escarda_reader()};

}  // namespace

std::string Family::theirs(std::string_view ours) const {
  for (const auto& [mine, other] : names)
    if (const auto found = match_name(mine, ours)) return fill_name(other, *found);
  return std::string(ours);
}

size_t Family::place(std::string_view ours) const {
  size_t index = 0;
  while (index < names.size() && !match_name(names[index].first, ours)) ++index;
  return index;
}

bool Family::is_derived(std::string_view theirs_name) const {
  for (const std::string& pattern : derived)
    if (match_name(pattern, theirs_name)) return true;
  return false;
}

FamilyModel read_family(const Json& config, const std::string& where, bool has_output_head) {
  require(config.is_object(), ErrorCode::usage, "{}: is not a JSON object", where);
  const ForeignConfig c(config, where);
  if (c.present("bantam")) {
    const ForeignConfig ours(config.at("bantam"), where + ": bantam");
    require_format_version(config.at("bantam"), 1, ours.where());
    require(ours.present("model"), ErrorCode::usage, "{}.model: is missing", ours.where());
    return {&kOurs, parse_model(ours.at("model"), where), {}};
  }
  std::vector<std::string> known;
  for (const FamilyReader* reader : kReaders) {
    if (reader->recognises(c))
      return {reader->family(c), reader->read(c, has_output_head), reader->objective(c)};
    known.insert(known.end(), reader->types.begin(), reader->types.end());
  }
  require(c.present("model_type"), ErrorCode::unsupported,
          "{}: has no model_type; wanted one of {}, or our own", where, fmt::join(known, ", "));
  const std::string type = c.text("model_type", ""), near = nearest_name(type, known);
  fail(ErrorCode::unsupported, "{}: model_type \"{}\" is not known{}; wanted one of {}, or our own", where,
       type, near.empty() ? "" : fmt::format(" (the nearest is \"{}\")", near), fmt::join(known, ", "));
}

}  // namespace bantam
