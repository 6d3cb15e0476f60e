// Patterns of dotted names: {} stands for one dotted part or, at the end of a pattern, for all that is left. What the
// holes of one pattern stand for fills those of another.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bantam {

size_t count_holes(std::string_view pattern);
// What the holes of `pattern` stand for in `name`, or nothing when it does not match.
std::optional<std::vector<std::string>> match_name(std::string_view pattern, std::string_view name);
// `pattern` with its holes filled. Requires: as many values as holes.
std::string fill_name(std::string_view pattern, const std::vector<std::string>& values);

}  // namespace bantam
