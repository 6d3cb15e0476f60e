// The pairs that BPE merges are learned from: their counts, the words they were seen in, and which is next.
//
// Counts change in steps: the first counts all words, each later one is a merge. A queue entry carries the count that
// its pair had when it was pushed and the words it was seen in during that step.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "base/growing_array.h"

namespace bantam {

// Two ids of tokens.
constexpr uint64_t pair_key(int32_t left, int32_t right) {
  return uint64_t(uint32_t(left)) << 32 | uint32_t(right);
}

// Counts by pair; a pair that is not there counts 0. Open addressing in parts that grow one by one, so that little is
// copied at a time.
class PairCounts {
 public:
  int64_t of(uint64_t key) const;
  int64_t add(uint64_t key, int64_t by);  // the new count
  uint64_t memory_bytes() const { return slots_ * sizeof(Slot); }

 private:
  static constexpr int kPartBits = 6;
  static constexpr uint64_t kFree = ~uint64_t{0};
  struct Slot {
    uint64_t key = kFree;
    int64_t count = 0;
  };
  struct Part {
    std::vector<Slot> slots;
    size_t used = 0;
  };
  static size_t part_of(uint64_t key);
  static size_t place(const std::vector<Slot>& slots, uint64_t key);
  void grow(Part& part);

  std::array<Part, size_t{1} << kPartBits> parts_;
  uint64_t slots_ = 0;
};

// Lists of words in one pool. A list is the number of its newest piece.
class WordLists {
 public:
  using List = uint32_t;
  static constexpr List kNone = ~List{0};

  // The list with the word, once if it is the last one added. Errors: out_of_memory beyond 2^32 pieces.
  List with(List list, uint32_t word);
  void free(List list);
  template <class Give>
  void each(List list, const Give& give) const {  // other lists may change; the newest piece first
    while (list != kNone) {
      const Piece piece = pieces_[list];  // a copy: lists may grow meanwhile
      for (const uint32_t word : piece.words)
        if (word != kNone) give(word);
      list = piece.next;
    }
  }
  uint64_t memory_bytes() const { return pieces_.size() * sizeof(Piece); }

 private:
  static constexpr size_t kPieceWords = 3;
  struct Piece {
    List next;
    std::array<uint32_t, kPieceWords> words;  // kNone: free, from the end
  };

  GrowingArray<Piece> pieces_;
  List free_ = kNone;
};

class PairQueue {
 public:
  PairQueue();

  // Within a step. The second is for a pair that the step makes: it will be pushed with the words it was made in.
  void change_count(int32_t left, int32_t right, int64_t by) { change(left, right).by += by; }
  void change_count_in(int32_t left, int32_t right, int64_t by, uint32_t word);
  // Ends a step: queues the pairs made in it.
  void push_made();

  struct Top {
    int64_t count = 0;
    uint64_t key = 0;
    WordLists::List words = WordLists::kNone;  // belongs to the caller, who frees it
  };
  // The next pair: that with the highest count, of several the one with the smaller key. False if none is left.
  bool pop(Top& top);

  WordLists& lists() { return lists_; }
  uint64_t memory_bytes() const;  // a function of the calls so far

 private:
  struct Entry {
    int64_t count;
    uint64_t key;
    WordLists::List words;
    bool operator<(const Entry& other) const {
      return count != other.count ? count < other.count : key > other.key;
    }
  };
  struct Change {
    uint64_t key;
    int64_t by;
    WordLists::List words;
  };
  uint32_t& place(uint64_t key);
  Change& change(int32_t left, int32_t right);
  void push(const Entry& entry);

  PairCounts counts_;
  WordLists lists_;
  GrowingArray<Entry> heap_;
  std::vector<Change> changes_;   // of this step
  std::vector<uint32_t> places_;  // open addressing: in changes_, kNone where free
  std::vector<uint32_t> made_;    // in changes_
};

}  // namespace bantam
