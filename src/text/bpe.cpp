#include "text/bpe.h"

#include <algorithm>
#include <bit>

namespace bantam {
namespace {

constexpr size_t kShortWord = 48;  // up to here a scan for the minimum beats a heap

size_t encode_short(const MergeTable& merges, const int32_t byte_ids[256], std::string_view word,
                    int32_t* ids) {
  uint32_t ranks[kShortWord];  // of the pair (i, i + 1)
  size_t count = word.size();
  for (size_t i = 0; i < count; ++i) ids[i] = byte_ids[static_cast<uint8_t>(word[i])];
  for (size_t i = 0; i + 1 < count; ++i) ranks[i] = merges.rank(ids[i], ids[i + 1]);
  while (count > 1) {
    size_t best = 0;
    uint32_t best_rank = ranks[0];
    for (size_t i = 1; i + 1 < count; ++i) {
      best = ranks[i] < best_rank ? i : best;
      best_rank = std::min(best_rank, ranks[i]);
    }
    if (best_rank == MergeTable::kNoRank) break;
    ids[best] = merges.merge(best_rank).result;
    for (size_t i = best + 1; i + 1 < count; ++i) ids[i] = ids[i + 1];
    for (size_t i = best + 1; i + 2 < count; ++i) ranks[i] = ranks[i + 1];
    --count;
    if (best > 0) ranks[best - 1] = merges.rank(ids[best - 1], ids[best]);
    if (best + 1 < count) ranks[best] = merges.rank(ids[best], ids[best + 1]);
  }
  return count;
}

// A linked list of symbols and a heap of (rank, position) with the pair it was pushed for; a popped entry
// whose pair is gone is skipped.
class LongWord {
 public:
  LongWord(const MergeTable& merges, BpeScratch& scratch) : merges_(merges), s_(scratch) {}

  size_t encode(const int32_t byte_ids[256], std::string_view word, int32_t* out) {
    const auto count = static_cast<int32_t>(word.size());
    s_.symbols.resize(word.size());
    s_.heap.clear();
    for (int32_t i = 0; i < count; ++i)
      s_.symbols[i] = {byte_ids[static_cast<uint8_t>(word[i])], i - 1, i + 1 < count ? i + 1 : -1};
    for (int32_t i = 0; i + 1 < count; ++i) push(i);
    while (!s_.heap.empty()) {
      std::pop_heap(s_.heap.begin(), s_.heap.end(), std::greater<>());
      const auto [order, pair] = s_.heap.back();
      s_.heap.pop_back();
      apply(static_cast<int32_t>(order & 0xFFFFFFFF), static_cast<uint32_t>(order >> 32), pair);
    }
    size_t written = 0;
    for (int32_t i = 0; i >= 0; i = s_.symbols[i].next) out[written++] = s_.symbols[i].id;
    return written;
  }

 private:
  uint64_t pair_at(int32_t i) const {
    const BpeScratch::Symbol& left = s_.symbols[i];
    return uint64_t(uint32_t(left.id)) << 32 | uint32_t(s_.symbols[left.next].id);
  }
  void push(int32_t i) {
    const BpeScratch::Symbol& left = s_.symbols[i];
    const uint32_t rank = merges_.rank(left.id, s_.symbols[left.next].id);
    if (rank == MergeTable::kNoRank) return;
    s_.heap.emplace_back(uint64_t{rank} << 32 | uint32_t(i), pair_at(i));
    std::push_heap(s_.heap.begin(), s_.heap.end(), std::greater<>());
  }
  void apply(int32_t i, uint32_t rank, uint64_t pair) {
    BpeScratch::Symbol& left = s_.symbols[i];
    if (left.id < 0 || left.next < 0 || pair_at(i) != pair) return;
    BpeScratch::Symbol& right = s_.symbols[left.next];
    right.id = -1;  // merged away
    left.id = merges_.merge(rank).result;
    left.next = right.next;
    if (left.next >= 0) {
      s_.symbols[left.next].previous = i;
      push(i);
    }
    if (left.previous >= 0) push(left.previous);
  }

  const MergeTable& merges_;
  BpeScratch& s_;
};

}  // namespace

MergeTable::MergeTable(std::vector<Merge> merges) : merges_(std::move(merges)) {
  const size_t slots = std::bit_ceil(std::max<size_t>(16, merges_.size() * 2));
  slots_.assign(slots, kEmpty);
  mask_ = slots - 1;
  shift_ = 64 - std::countr_zero(slots);
  for (size_t rank = 0; rank < merges_.size(); ++rank) {
    const uint64_t pair = uint64_t(uint32_t(merges_[rank].left)) << 20 | uint32_t(merges_[rank].right);
    uint64_t slot = slot_of(pair);
    while (slots_[slot] != kEmpty && slots_[slot] >> 24 != pair) slot = (slot + 1) & mask_;
    slots_[slot] = pair << 24 | rank;
  }
}

size_t encode_word(const MergeTable& merges, const int32_t byte_ids[256], std::string_view word,
                   BpeScratch& scratch, int32_t* out) {
  if (word.size() <= kShortWord) return encode_short(merges, byte_ids, word, out);
  return LongWord(merges, scratch).encode(byte_ids, word, out);
}

}  // namespace bantam
