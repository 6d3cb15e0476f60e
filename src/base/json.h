// JSON in and out through nlohmann-json, with the checks that files from outside need. This header only names the
// type; a .cpp that looks inside a value includes <nlohmann/json.hpp> itself.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace bantam {

using Json = nlohmann::ordered_json;  // keeps the order of keys, so what we write reads as it was composed

struct JsonLimits {
  int depth = 64;
  bool allow_duplicate_keys = false;
};

// Parses one value with nothing but white space after it. `where` (a file, "line 3 of x.jsonl") opens the message
// of an error: corrupt for broken JSON, invalid UTF-8, duplicate keys or nesting deeper than the limit.
Json parse_json(std::string_view text, std::string_view where, JsonLimits limits = {});
Json read_json(const std::filesystem::path& path, JsonLimits limits = {});

// Two-space indented, a newline at the end.
std::string dump_json(const Json& value);
void write_json(const std::filesystem::path& path, const Json& value);

// The candidate closest to `word` in edit distance, for "did you mean". Empty when none is near.
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace bantam
