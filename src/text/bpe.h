// Byte pair encoding of one pre-token (Sennrich et al. 2016, arXiv:1508.07909): the pair of neighbours with
// the lowest rank is merged, leftmost first, until none has a rank.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace bantam {

// Merges by pair of ids, in one open-addressing table of 8-byte slots.
class MergeTable {
 public:
  static constexpr uint32_t kNoRank = (1u << 24) - 1;
  static constexpr size_t kMergeLimit = kNoRank;

  struct Merge {
    int32_t left, right, result;
  };

  MergeTable() : MergeTable(std::vector<Merge>()) {}
  // By rank. A pair that stands twice keeps its last rank. Requires: ids below 2^20, fewer than kMergeLimit
  // merges.
  explicit MergeTable(std::vector<Merge> merges);

  uint32_t rank(int32_t left, int32_t right) const {
    const uint64_t pair = uint64_t(uint32_t(left)) << 20 | uint32_t(right);
    for (uint64_t slot = slot_of(pair);; slot = (slot + 1) & mask_) {
      const uint64_t entry = slots_[slot];
      if (entry >> 24 == pair) return static_cast<uint32_t>(entry) & kNoRank;
      if (entry == kEmpty) return kNoRank;
    }
  }
  const Merge& merge(uint32_t rank) const { return merges_[rank]; }
  const std::vector<Merge>& merges() const { return merges_; }

 private:
  static constexpr uint64_t kEmpty = ~uint64_t{0};
  uint64_t slot_of(uint64_t pair) const { return (pair * 0x9E3779B97F4A7C15u) >> shift_; }

  std::vector<Merge> merges_;
  std::vector<uint64_t> slots_;  // pair << 24 | rank
  uint64_t mask_ = 0;
  int shift_ = 0;
};

// Memory that one thread reuses from word to word.
struct BpeScratch {
  struct Symbol {
    int32_t id, previous, next;
  };
  std::vector<Symbol> symbols;
  std::vector<std::pair<uint64_t, uint64_t>> heap;
};

// Encodes the bytes of one pre-token; `out` has room for as many ids as there are bytes. Returns how many it
// wrote. O(n log n).
size_t encode_word(const MergeTable& merges, const int32_t byte_ids[256], std::string_view word,
                   BpeScratch& scratch, int32_t* out);

}  // namespace bantam
