#include "text/pair_queue.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "base/error.h"

namespace bantam {
namespace {

constexpr size_t kFewestSlots = 64;
constexpr size_t kFewestPlaces = 1024;

uint64_t mixed(uint64_t key) { return key * 0x9E3779B97F4A7C15u; }

// The slot of a hash's upper bits, in a table whose size is a power of two.
size_t first_slot(uint64_t hash, size_t size) { return hash >> (64 - std::countr_zero(size)); }

}  // namespace

// Where the pair is, or would be put.
size_t PairCounts::place(const std::vector<Slot>& slots, uint64_t key) {
  const size_t mask = slots.size() - 1;
  size_t i = first_slot(mixed(key) << kPartBits, slots.size());
  while (slots[i].key != key && slots[i].key != kFree) i = (i + 1) & mask;
  return i;
}

int64_t PairCounts::of(uint64_t key) const {
  const std::vector<Slot>& slots = parts_[part_of(key)].slots;
  return slots.empty() ? 0 : slots[place(slots, key)].count;
}

int64_t PairCounts::add(uint64_t key, int64_t by) {
  Part& part = parts_[part_of(key)];
  if (part.used * 3 >= part.slots.size() * 2) grow(part);
  Slot& slot = part.slots[place(part.slots, key)];
  part.used += slot.key == kFree;
  slot.key = key;
  return slot.count += by;
}

size_t PairCounts::part_of(uint64_t key) { return mixed(key) >> (64 - kPartBits); }

// Pairs that count 0 are left behind, which may make room enough.
void PairCounts::grow(Part& part) {
  const auto counted = static_cast<size_t>(
      std::count_if(part.slots.begin(), part.slots.end(), [](const Slot& slot) { return slot.count != 0; }));
  const size_t size = std::max(kFewestSlots, std::bit_ceil(2 * counted));
  slots_ += size - part.slots.size();
  const std::vector<Slot> old = std::exchange(part.slots, std::vector<Slot>(size));
  part.used = counted;
  for (const Slot& slot : old)
    if (slot.count != 0) part.slots[place(part.slots, slot.key)] = slot;
}

WordLists::List WordLists::with(List list, uint32_t word) {
  if (list != kNone) {
    std::array<uint32_t, kPieceWords>& words = pieces_[list].words;
    const auto free = std::find(words.begin(), words.end(), kNone);
    if (*std::prev(free) == word) return list;  // a piece has at least one word
    if (free != words.end()) {
      *free = word;
      return list;
    }
  }
  const Piece piece{list, {word, kNone, kNone}};
  if (free_ != kNone) {
    const List reused = std::exchange(free_, pieces_[free_].next);
    pieces_[reused] = piece;
    return reused;
  }
  require(pieces_.size() < kNone, ErrorCode::out_of_memory,
          "tokenizer training: the distinct words have more letters than 2^32 pieces of lists hold; give a "
          "smaller --memory");
  pieces_.push_back(piece);
  return static_cast<List>(pieces_.size() - 1);
}

void WordLists::free(List list) {
  while (list != kNone) {
    const List next = std::exchange(pieces_[list].next, free_);
    free_ = std::exchange(list, next);
  }
}

PairQueue::PairQueue() : places_(kFewestPlaces, WordLists::kNone) {}

// Where the pair's change is named, or would be.
uint32_t& PairQueue::place(uint64_t key) {
  const size_t mask = places_.size() - 1;
  size_t i = first_slot(mixed(key), places_.size());
  while (places_[i] != WordLists::kNone && changes_[places_[i]].key != key) i = (i + 1) & mask;
  return places_[i];
}

PairQueue::Change& PairQueue::change(int32_t left, int32_t right) {
  const uint64_t key = pair_key(left, right);
  uint32_t& found = place(key);
  if (found != WordLists::kNone) return changes_[found];
  found = static_cast<uint32_t>(changes_.size());
  changes_.push_back({key, 0, WordLists::kNone});
  if (changes_.size() * 2 > places_.size()) {
    places_.assign(places_.size() * 2, WordLists::kNone);
    for (uint32_t c = 0; c < changes_.size(); ++c) place(changes_[c].key) = c;
  }
  return changes_.back();
}

void PairQueue::change_count_in(int32_t left, int32_t right, int64_t by, uint32_t word) {
  Change& made = change(left, right);
  made.by += by;
  if (made.words == WordLists::kNone) made_.push_back(static_cast<uint32_t>(&made - changes_.data()));
  made.words = lists_.with(made.words, word);
}

void PairQueue::push_made() {
  for (Change& c : changes_)
    c.by = c.by == 0 ? counts_.of(c.key) : counts_.add(c.key, c.by);  // now its count
  for (const uint32_t m : made_) {
    const Change& c = changes_[m];
    if (c.by > 0)
      push({c.by, c.key, c.words});
    else
      lists_.free(c.words);
  }
  made_.clear();
  // A long step may have been the first; what it took is not needed again.
  if (places_.size() > 16 * std::max(kFewestPlaces, changes_.size()))
    std::vector<uint32_t>(kFewestPlaces, WordLists::kNone).swap(places_);
  else
    std::fill(places_.begin(), places_.end(), WordLists::kNone);
  changes_.clear();
}

bool PairQueue::pop(Top& top) {
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end());
    Entry entry = heap_.back();
    heap_.pop_back();
    const int64_t count = counts_.of(entry.key);
    if (entry.count == count) {
      top = {count, entry.key, entry.words};
      return true;
    }
    entry.count = count;
    push(entry);
  }
  return false;
}

void PairQueue::push(const Entry& entry) {
  heap_.push_back(entry);
  std::push_heap(heap_.begin(), heap_.end());
}

uint64_t PairQueue::memory_bytes() const {
  return counts_.memory_bytes() + lists_.memory_bytes() + heap_.size() * sizeof(Entry) +
         changes_.capacity() * sizeof(Change) + places_.size() * sizeof(uint32_t);
}

}  // namespace bantam
