// The laws of the source tree, as functions from a file's path and text to what is wrong with it. Each
// complaint is "path:line: what".
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bantam::house {

using Complaints = std::vector<std::string>;
// For each folder of src those it may include, itself among them.
using Layers = std::map<std::string, std::set<std::string>>;

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

inline bool is_code(const std::string& path) {
  static const std::set<std::string> kinds = {".cpp", ".h", ".cu", ".cuh", ".py", ".sh"};
  return kinds.contains(std::filesystem::path(path).extension().string());
}

// Reads the ```arrows block of docs/architecture.md: lines such as "a → {b, c} → d". What stands before an
// arrow may be included by what stands behind it, and by whatever follows from there.
inline Layers read_layers(std::string_view document) {
  Layers layers;
  bool inside = false;
  for (const std::string& line : lines_of(document)) {
    if (line.starts_with("```")) {
      inside = line == "```arrows";
      continue;
    }
    if (!inside) continue;
    std::vector<std::vector<std::string>> groups(1);
    std::string word;
    for (const char c : line + " ") {
      if (c >= 'a' && c <= 'z') {
        word += c;
      } else if (!word.empty()) {
        groups.back().push_back(std::exchange(word, ""));
      }
      if (c == '\xE2') groups.emplace_back();  // the first byte of the arrow
    }
    for (size_t i = 0; i < groups.size(); ++i)
      for (const std::string& folder : groups[i]) {
        layers[folder].insert(folder);
        if (i > 0) layers[folder].insert(groups[i - 1].begin(), groups[i - 1].end());
      }
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (auto& [folder, may] : layers)
      for (const std::string& other : std::set<std::string>(may))
        for (const std::string& further : layers[other]) grew |= may.insert(further).second;
  }
  return layers;
}

// What a line includes: the name, and whether it is in quotes (ours) or in angle brackets.
inline std::pair<std::string, bool> included(std::string_view line) {
  const auto skip = [&](std::string_view what) {
    while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
    if (!line.starts_with(what)) return false;
    line.remove_prefix(what.size());
    return true;
  };
  if (!skip("#") || !skip("include") || !skip("")) return {};
  const bool ours = line.starts_with('"');
  if (!ours && !line.starts_with('<')) return {};
  line.remove_prefix(1);
  const std::string name(line.substr(0, line.find(ours ? '"' : '>')));
  return {name, ours && !name.starts_with("hwy/")};  // Highway's own style is quotes
}

inline std::string library_complaint(const std::string& path, const std::string& folder,
                                     const std::string& name) {
  const auto begins = [&](std::initializer_list<const char*> stems) {
    return std::any_of(stems.begin(), stems.end(), [&](const char* stem) { return name.starts_with(stem); });
  };
  if (begins({"cuda", "cublas", "cudnn", "nccl", "cub/"}) && folder != "cuda" && !path.ends_with(".cu"))
    return "CUDA headers belong in src/cuda and *.cu";
  if (begins({"dnnl", "oneapi/dnnl"}) && folder != "ops") return "oneDNN belongs in src/ops";
  if (begins({"sentencepiece"}) && path != "src/text/sentencepiece_library.cpp")
    return "SentencePiece belongs in src/text/sentencepiece_library.cpp";
  // parts/register.h is what the parts' own .cpp files include, and nothing else does.
  if (begins({"nlohmann/json.hpp", "CLI/", "yaml-cpp/"}) && path.ends_with(".h") &&
      path != "src/parts/register.h")
    return "this header is slow to compile and belongs in .cpp files";
  return "";
}

inline Complaints include_complaints(const std::string& path, std::string_view text, const Layers& layers) {
  Complaints complaints;
  if (!path.starts_with("src/")) return complaints;
  const std::string folder = path.substr(4, path.find('/', 4) - 4);
  if (!layers.contains(folder)) return {path + ": docs/architecture.md has no place for this folder"};
  size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    const auto [name, ours] = included(line);
    if (name.empty()) continue;
    const std::string other = name.substr(0, name.find('/'));
    std::string wrong;
    if (!ours)
      wrong = library_complaint(path, folder, name);
    else if (!layers.contains(other))
      wrong = fmt::format("\"{}\": name the folder under src as well", name);
    else if (!layers.at(folder).contains(other))
      wrong = fmt::format("{} may not include \"{}\"", folder, name);
    else if (name.starts_with("data/corpus") && folder != "data" && folder != "eval" && folder != "cli")
      wrong = "data/corpus is for commands and evaluation";
    if (!wrong.empty()) complaints.push_back(fmt::format("{}:{}: {}", path, number, wrong));
  }
  return complaints;
}

inline Complaints length_complaints(const std::string& path, std::string_view text) {
  constexpr long kLong = 600, kTooLong = 900;
  const long lines = std::count(text.begin(), text.end(), '\n');
  if (!is_code(path) || lines <= kLong || text.starts_with("// Written by tools/")) return {};
  const std::string complaint = fmt::format("{}: {} lines; is it still one thing?", path, lines);
  if (lines > kTooLong) return {complaint};
  fmt::print("warning: {}\n", complaint);
  return {};
}

inline Complaints name_complaints(const std::string& path) {
  static const std::set<std::string> empty_words = {"util",    "utils",    "utility", "utilities", "common",
                                                    "manager", "managers", "helper",  "helpers",   "misc"};
  Complaints complaints;
  std::string word;
  for (const char c : path + "/") {
    if (c != '/' && c != '.' && c != '_' && c != '-') {
      word += c;
      continue;
    }
    if (empty_words.contains(word))
      complaints.push_back(fmt::format("{}: \"{}\" does not say what is inside", path, word));
    word.clear();
  }
  return complaints;
}

inline Complaints word_complaints(const std::string& path, std::string_view text) {
  // Split here so that this file does not hold them.
  static const std::vector<std::pair<std::string, std::string>> words = {{"/ho"
                                                                          "me/",
                                                                          "a path of one machine"},
                                                                         {"/ro"
                                                                          "ot/",
                                                                          "a path of one machine"},
                                                                         {"/wo"
                                                                          "rk/",
                                                                          "a path of one machine"},
                                                                         {"TO"
                                                                          "DO",
                                                                          "unfinished"},
                                                                         {"FIX"
                                                                          "ME",
                                                                          "unfinished"}};
  Complaints complaints;
  size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    for (const auto& [word, what] : words) {
      const size_t at = line.find(word);
      // A path begins where a word does, and not inside of a longer one.
      const bool begins =
          at == 0 || (at != std::string::npos && !std::isalnum(static_cast<unsigned char>(line[at - 1])) &&
                      std::string_view("-_.}").find(line[at - 1]) == std::string_view::npos);
      if (at != std::string::npos && begins)
        complaints.push_back(fmt::format("{}:{}: {}: \"{}\"", path, number, what, word));
    }
  }
  return complaints;
}

}  // namespace bantam::house
