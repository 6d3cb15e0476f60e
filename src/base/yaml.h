// YAML in and out, as JSON values: the core schema of YAML 1.2, without merge keys.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/json.h"

namespace bantam {

// One document. Plain scalars become null, booleans (true, false), integers and floats as YAML 1.2's core
// schema has them (so `off` and `no` are text); quoted ones are text. Errors, with line and column, are
// ErrorCode::usage: broken YAML, several documents, a key that stands twice or is no scalar, nesting deeper
// than 64 levels, aliases that unfold to more than a million values.
Json parse_yaml(std::string_view text, std::string_view where);
Json read_yaml(const std::filesystem::path& path);

// An object in block style; lists and what they hold stay on one line. `comment` is asked for a remark behind
// each value ("train.lr"); empty for none.
std::string dump_yaml(const Json& object, FunctionRef<std::string(const std::string& path)> comment);

}  // namespace bantam
