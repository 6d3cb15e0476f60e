// How often each pre-token occurs in a corpus of any size, counted by many threads in bounded memory.
//
// Laws: the counts are the same for any number of threads. While the distinct words fit the budget they are
// exact. When they do not, all words seen at most t times so far are forgotten, t being the smallest that
// empties half of the budget (a forgotten word that comes again starts at 0); this happens after rounds whose
// size depends on the budget alone, so the counts are a function of corpus and budget.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"

namespace bantam {

// Words and their counts: open addressing, 32 bytes a slot. The bytes of a word belong to the caller, or are
// copied.
class WordTable {
 public:
  struct Slot {
    uint64_t hash = 0;
    const char* bytes = nullptr;  // null: free
    uint64_t size = 0, count = 0;
    std::string_view word() const { return {bytes, size}; }
  };

  static uint64_t hash(std::string_view word);
  // Adds to the word's count; true if it is new.
  bool add(std::string_view word, uint64_t hash, uint64_t count);
  // The same, keeping a copy of a new word.
  bool add_copy(std::string_view word, uint64_t hash, uint64_t count);
  void forget(uint64_t at_most);  // words with no larger count
  void clear();
  size_t size() const { return size_; }
  const std::vector<Slot>& slots() const { return slots_; }  // those with bytes are words

 private:
  Slot& place(std::string_view word, uint64_t hash);
  void grow();

  std::vector<Slot> slots_;
  size_t size_ = 0;
  std::vector<std::unique_ptr<char[]>> arena_;
  size_t arena_left_ = 0;
};

class WordCounts {
 public:
  // Bytes that a distinct word of `size` bytes is charged with: its slot here or its symbols, list entries
  // and pairs while merges are learned.
  static uint64_t charge(uint64_t size) { return 64 + 20 * size; }

  explicit WordCounts(uint64_t budget_bytes) : budget_(budget_bytes), shards_(kShards) {}

  // One round: `blocks` are counted in parallel. `split_block(i, word)` calls word() on each pre-token of
  // block i; the bytes it passes stay where they are until add() returns.
  void add(size_t blocks,
           FunctionRef<void(size_t block, FunctionRef<void(std::string_view)> word)> split_block);

  // Gives out every word, in an order that depends on the words alone, and frees what it gave.
  void take(FunctionRef<void(std::string_view word, uint64_t count)> give);

  uint64_t distinct() const { return distinct_; }
  uint64_t occurrences() const { return occurrences_; }
  uint64_t word_bytes() const { return word_bytes_; }                // of the distinct words
  uint64_t forgotten() const { return forgotten_; }                  // words, each time they were
  uint64_t forgotten_at_most() const { return forgotten_at_most_; }  // the largest t; 0: the counts are exact

 private:
  static constexpr size_t kShards = 64;
  void keep_budget();

  uint64_t budget_;
  std::vector<WordTable> shards_;  // by the top bits of the hash
  std::vector<WordTable> blocks_;  // of one round, kept for their memory
  uint64_t distinct_ = 0, occurrences_ = 0, word_bytes_ = 0;
  uint64_t forgotten_ = 0, forgotten_at_most_ = 0;
};

}  // namespace bantam
