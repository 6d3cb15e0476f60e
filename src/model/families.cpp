#include "model/families.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"

namespace bantam {
namespace {

const Family kOurs{"bantam", {}, {}};

const FamilyReader* const kReaders[] = {&vuaf_reader(), &llama_reader(), &mamba2_reader(), &rwkv7_reader(),
                                        &escarda_reader()};

// What the {} of `pattern` stand for in `text`, or nothing when it does not match. All but the last are one dotted part.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view text) {
  std::vector<std::string> found;
  while (true) {
    const size_t hole = pattern.find("{}");
    if (hole == std::string_view::npos) return pattern == text ? std::optional(found) : std::nullopt;
    if (text.substr(0, hole) != pattern.substr(0, hole)) return std::nullopt;
    text.remove_prefix(hole);
    pattern.remove_prefix(hole + 2);
    const size_t end = pattern.empty() ? text.size() : text.find('.');
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    found.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string fill(std::string_view pattern, const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) {
    const size_t hole = pattern.find("{}");
    out += pattern.substr(0, hole);
    out += value;
    pattern.remove_prefix(hole + 2);
  }
  return out += pattern;
}

}  // namespace

std::string Family::theirs(std::string_view ours) const {
  for (const auto& [mine, other] : names)
    if (const auto found = match(mine, ours)) return fill(other, *found);
  return std::string(ours);
}

size_t Family::place(std::string_view ours) const {
  size_t index = 0;
  while (index < names.size() && !match(names[index].first, ours)) ++index;
  return index;
}

bool Family::is_derived(std::string_view theirs_name) const {
  for (const std::string& pattern : derived)
    if (match(pattern, theirs_name)) return true;
  return false;
}

FamilyModel read_family(const Json& config, const std::string& where, bool has_output_head) {
  require(config.is_object(), ErrorCode::usage, "{}: is not a JSON object", where);
  const ForeignConfig c(config, where);
  if (c.present("bantam")) {
    const ForeignConfig ours(config.at("bantam"), where + ": bantam");
    require(ours.integer("format_version") == 1, ErrorCode::unsupported,
            "{}: format_version is {}, this build reads 1", ours.where(), ours.integer("format_version"));
    require(ours.present("model"), ErrorCode::usage, "{}.model: is missing", ours.where());
    return {&kOurs, parse_model(ours.at("model"), where), {}};
  }
  std::string wanted;
  for (const FamilyReader* reader : kReaders) {
    if (reader->recognises(c))
      return {reader->family(c), reader->read(c, has_output_head), reader->objective(c)};
    wanted += reader->wanted + ", ";
  }
  fail(ErrorCode::unsupported, "{}: model_type \"{}\" is not known; wanted {}or our own", where,
       c.text("model_type", ""), wanted);
}

}  // namespace bantam
