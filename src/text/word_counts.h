// How often each pre-token occurs in a corpus of any size, counted by many threads in bounded memory.
//
// Laws: the counts are exact and the same for any number of threads. Words whose tables outgrow a quarter of the
// memory go to disk in sorted runs (word_runs.h). Where learning from all distinct words of the corpus would take
// more than seven eighths of the memory, all words counted at most t times are left out, t being the smallest for
// which the rest fits: a function of corpus and memory.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "text/word_runs.h"
#include "text/word_table.h"

namespace bantam {

class WordCounts {
 public:
  // Distinct words and their bytes.
  struct Size {
    uint64_t words = 0, bytes = 0;
    // Memory of tables that hold them, and of symbols, lists and pairs while merges are learned from them.
    uint64_t table_bytes() const { return 64 * words + bytes; }
    uint64_t learning_bytes() const { return 64 * words + 20 * bytes; }
  };

  // `folder`: where runs are put, should there be any.
  explicit WordCounts(uint64_t memory_bytes, std::filesystem::path folder = ".")
      : table_limit_(memory_bytes / 4),
        learning_limit_(memory_bytes / 8 * 7),
        runs_(std::move(folder)),
        shards_(kShards) {}

  // One round: `blocks` are counted in parallel. `split_block(i, word)` calls word() on each pre-token of
  // block i; the bytes it passes stay where they are until add() returns.
  void add(size_t blocks,
           FunctionRef<void(size_t block, FunctionRef<void(std::string_view)> word)> split_block);

  // After the last add(), before what follows.
  void finish();
  // Gives out every word to learn from once, and frees what it held in memory.
  void take(FunctionRef<void(std::string_view word, uint64_t count)> give);

  uint64_t occurrences() const { return occurrences_; }  // known from the start
  Size distinct() const { return distinct_; }
  Size kept() const { return kept_; }                              // of them, what take() gives
  uint64_t left_out_at_most() const { return left_out_at_most_; }  // t; 0: nothing is left out
  uint64_t spilled_bytes() const { return runs_.written_bytes(); }

 private:
  static constexpr size_t kShards = 64;
  void spill();

  uint64_t table_limit_, learning_limit_;
  WordRuns runs_;
  std::vector<WordTable> shards_;  // by the top bits of the hash
  std::vector<WordTable> blocks_;  // of one round, kept for their memory
  Size held_, distinct_, kept_;    // held_: in memory
  uint64_t occurrences_ = 0, left_out_at_most_ = 0;
};

}  // namespace bantam
