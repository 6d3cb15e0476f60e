// Training texts that hold evaluation texts: a run of 13 words in common (Brown et al. 2020, arXiv:2005.14165,
// appendix C; words as in word_grams.h).
//
// What an evaluation file holds are its texts: each string anywhere in a row of .jsonl or .json, or a whole text file.
// A text of fewer than 13 words cannot be recognised; it is counted. Memory: some 50 bytes a run of the evaluations.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/manifest.h"

namespace bantam {

class Contamination {
 public:
  static constexpr size_t kWords = 13;

  void add(
      const std::filesystem::path& evaluation);  // a file, or a folder of files; not_found, corrupt, invalid
  const std::vector<PackEvaluation>& evaluations() const { return evaluations_; }

  struct Hit {
    std::string place;  // "test.jsonl:17", the first that has these words
    std::string words;  // as the training text has them
  };
  std::optional<Hit> find(std::string_view text) const;  // the first run of the text; requires valid UTF-8

 private:
  struct Place {
    uint32_t file, line;
  };
  void add_text(std::string_view text, Place place);

  std::vector<PackEvaluation> evaluations_;
  std::unordered_map<uint64_t, Place> grams_;
};

}  // namespace bantam
