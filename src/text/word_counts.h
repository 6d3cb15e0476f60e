// How often each pre-token occurs in a corpus of any size, counted by many threads in bounded memory.
//
// Laws: the counts are exact and the same for any number of threads. Words whose tables outgrow a quarter of the
// memory go to disk in sorted runs (word_runs.h). Where learning from all distinct words of the corpus would take
// more than learning_limit(), the rarest are left out, and of those that are equally rare the ones with the smaller
// hashes, until the rest should fit: a function of corpus and memory. Learning knows what it really takes, and where
// that is more asks for fewer words (leave_out_more()).
#pragma once
#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
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
    // Memory of tables that hold them, and about that of symbols, lists and pairs while merges are learned from them.
    uint64_t table_bytes() const { return 64 * words + bytes; }
    uint64_t learning_bytes() const { return 16 * words + 26 * bytes; }
  };

  // What learning may take of the memory; the rest is for the program.
  static constexpr uint64_t learning_limit(uint64_t memory_bytes) { return memory_bytes / 8 * 7; }

  // `folder`: where runs are put, should there be any.
  explicit WordCounts(uint64_t memory_bytes, std::filesystem::path folder = ".")
      : table_limit_(memory_bytes / 4),
        learning_limit_(learning_limit(memory_bytes)),
        runs_(std::move(folder)),
        shards_(kShards) {}

  // One round: `blocks` are counted in parallel. `split_block(i, word)` calls word() on each pre-token of
  // block i; the bytes it passes stay where they are until add() returns.
  void add(size_t blocks,
           FunctionRef<void(size_t block, FunctionRef<void(std::string_view)> word)> split_block);

  // After the last add(), before what follows.
  void finish();
  // Leaves out the rarest of the words that are kept: a quarter of what learning from them takes. False where that is
  // not possible: no words are left, or they were not on disk and have been given out.
  bool leave_out_more();
  // Gives out every word to learn from once, and frees what it held in memory.
  void take(FunctionRef<void(std::string_view word, uint64_t count)> give);

  uint64_t occurrences() const { return occurrences_; }  // known from the start
  Size distinct() const { return distinct_; }
  Size kept() const { return kept_; }  // of them, what take() gives
  // No word that is left out was seen more often; 0: nothing is left out.
  uint64_t left_out_at_most() const { return left_out_up_to_.count; }
  uint64_t spilled_bytes() const { return runs_.written_bytes(); }

 private:
  static constexpr size_t kShards = 64;
  static uint8_t shard_of(uint64_t hash) { return static_cast<uint8_t>(hash >> 58); }
  // The order in which words are left out.
  struct Rarity {
    uint64_t count = 0;
    uint8_t shard = 0;
    auto operator<=>(const Rarity&) const = default;
  };
  static Rarity rarity(std::string_view word, uint64_t count);
  void spill();
  void leave_out();

  uint64_t table_limit_, learning_limit_;
  WordRuns runs_;
  std::vector<WordTable> shards_;     // by the top bits of the hash
  std::vector<WordTable> blocks_;     // of one round, kept for their memory
  Size held_, distinct_, kept_;       // held_: in memory
  std::map<Rarity, Size> by_rarity_;  // of words on disk, those not left out
  Rarity left_out_up_to_;
  uint64_t occurrences_ = 0;
};

}  // namespace bantam
