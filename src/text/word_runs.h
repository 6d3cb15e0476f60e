// Counted words on disk: sorted runs, merged into one (external merge sort; Knuth, The Art of Computer
// Programming 3, 5.4). A run is a nameless file of words, each with its length and its count as numbers of 7 bits a
// byte, in the order of their hashes and then their bytes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/scratch_file.h"

namespace bantam {

class WordRuns {
 public:
  using Give = FunctionRef<void(std::string_view word, uint64_t count)>;

  explicit WordRuns(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // A new run; `words` calls its argument on each word once, in order.
  void add(FunctionRef<void(Give word)> words);
  // Makes one run of all: a word's counts become their sum.
  void merge();
  // Every word of the only run. Requires: merge() was the last to change anything.
  void read(Give word) const;

  bool empty() const { return runs_.empty(); }
  uint64_t written_bytes() const { return written_; }  // merging included

 private:
  std::filesystem::path folder_;
  std::vector<ScratchFile> runs_;
  uint64_t written_ = 0;
};

}  // namespace bantam
