// Words and their counts in memory.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace bantam {

// Open addressing, 32 bytes a slot. The bytes of a word belong to the caller, or are
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
  // The words in the order of their hashes and then their bytes. Nothing but clear() may follow.
  std::span<const Slot> sort();
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

}  // namespace bantam
