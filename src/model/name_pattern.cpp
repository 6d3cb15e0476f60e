#include "model/name_pattern.h"

namespace bantam {

size_t count_holes(std::string_view pattern) {
  size_t count = 0;
  for (size_t at = pattern.find("{}"); at != std::string_view::npos; at = pattern.find("{}", at + 2)) ++count;
  return count;
}

std::optional<std::vector<std::string>> match_name(std::string_view pattern, std::string_view name) {
  std::vector<std::string> found;
  while (true) {
    const size_t hole = pattern.find("{}");
    if (hole == std::string_view::npos) return pattern == name ? std::optional(found) : std::nullopt;
    if (name.substr(0, hole) != pattern.substr(0, hole)) return std::nullopt;
    name.remove_prefix(hole);
    pattern.remove_prefix(hole + 2);
    const size_t end = pattern.empty() ? name.size() : name.find('.');
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    found.emplace_back(name.substr(0, end));
    name.remove_prefix(end);
  }
}

std::string fill_name(std::string_view pattern, const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) {
    const size_t hole = pattern.find("{}");
    out += pattern.substr(0, hole);
    out += value;
    pattern.remove_prefix(hole + 2);
  }
  return out += pattern;
}

}  // namespace bantam
