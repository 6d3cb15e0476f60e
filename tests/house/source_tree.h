// The project's own files, for tests that read them.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace bantam::house {

inline const std::filesystem::path kRoot = BANTAM_SOURCE_DIR;

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Paths relative to the root, sorted, of what people write: code, tests, documents, scripts. Stored data
// (golden folders, the fuzzers' inputs) is not among them, nor is what a user keeps beside it (data, runs).
inline std::vector<std::filesystem::path> own_files() {
  namespace fs = std::filesystem;
  static const std::set<std::string> folders = {".ci",     "bench", "docs",  "examples", "python",
                                                "recipes", "src",   "tests", "tools"};
  static const std::set<std::string> data = {"golden", "seeds", "__pycache__"};
  static const std::set<std::string> kinds = {".cpp", ".h",    ".cu",   ".cuh", ".py", ".sh",
                                              ".md",  ".yaml", ".json", ".txt", ""};
  std::vector<fs::path> files;
  const auto keep = [&](const fs::directory_entry& entry) {
    if (entry.is_regular_file() && kinds.contains(entry.path().extension().string()))
      files.push_back(fs::relative(entry.path(), kRoot));
  };
  for (const auto& top : fs::directory_iterator(kRoot)) {
    if (!top.path().filename().string().starts_with(".git")) keep(top);
    if (!top.is_directory() || !folders.contains(top.path().filename().string())) continue;
    for (auto at = fs::recursive_directory_iterator(top.path()); at != fs::recursive_directory_iterator();
         ++at) {
      if (at->is_directory() && data.contains(at->path().filename().string())) at.disable_recursion_pending();
      keep(*at);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace bantam::house
