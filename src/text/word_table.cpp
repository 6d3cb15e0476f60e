#include "text/word_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace bantam {
namespace {

constexpr size_t kArenaBlock = size_t{64} << 10;

uint64_t read_64(const char* p) {
  uint64_t value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
uint64_t read_32(const char* p) {
  uint32_t value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
uint64_t mix(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

// Two words that overlap cover the last 16 bytes of any word; what lies before is folded in 8 bytes at a
// time.
uint64_t WordTable::hash(std::string_view word) {
  const char* p = word.data();
  size_t size = word.size();
  uint64_t seed = 0xA0761D6478BD642Fu ^ size;
  for (; size > 16; size -= 8, p += 8) seed = mix(read_64(p) ^ 0xE7037ED1A0B428DBu, seed);
  uint64_t a = 0, b = 0;
  if (size >= 8) {
    a = read_64(p);
    b = read_64(p + size - 8);
  } else if (size >= 4) {
    a = read_32(p);
    b = read_32(p + size - 4);
  } else if (size > 0) {
    a = uint64_t(uint8_t(p[0])) << 16 | uint64_t(uint8_t(p[size / 2])) << 8 | uint8_t(p[size - 1]);
  }
  return mix(a ^ 0x8EBC6AF09C88C6E3u, b ^ seed);
}

WordTable::Slot& WordTable::place(std::string_view word, uint64_t hash) {
  if (size_ * 4 >= slots_.size() * 3) grow();
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    Slot& slot = slots_[i];
    if (!slot.bytes) return slot;
    if (slot.hash == hash && slot.size == word.size() &&
        std::memcmp(slot.bytes, word.data(), word.size()) == 0)
      return slot;
  }
}

void WordTable::grow() {
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(std::max<size_t>(64, slots_.size() * 2)));
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (!slot.bytes) continue;
    size_t i = slot.hash & mask;
    while (slots_[i].bytes) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

bool WordTable::add(std::string_view word, uint64_t hash, uint64_t count) {
  Slot& slot = place(word, hash);
  if (slot.bytes) {
    slot.count += count;
    return false;
  }
  slot = {hash, word.data(), word.size(), count};
  ++size_;
  return true;
}

bool WordTable::add_copy(std::string_view word, uint64_t hash, uint64_t count) {
  Slot& slot = place(word, hash);
  if (slot.bytes) {
    slot.count += count;
    return false;
  }
  if (word.size() > arena_left_) {
    arena_left_ = std::max(kArenaBlock, word.size());
    arena_.push_back(std::make_unique_for_overwrite<char[]>(arena_left_));
  }
  // A block is used from its end, so that what is left is known by its size alone.
  char* copy = arena_.back().get() + (arena_left_ - word.size());
  std::memcpy(copy, word.data(), word.size());
  arena_left_ -= word.size();
  slot = {hash, copy, word.size(), count};
  ++size_;
  return true;
}

std::span<const WordTable::Slot> WordTable::sort() {
  const auto end =
      std::partition(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.bytes != nullptr; });
  std::sort(slots_.begin(), end, [](const Slot& a, const Slot& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.word() < b.word();
  });
  return {slots_.begin(), end};
}

void WordTable::clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  arena_.clear();
  size_ = arena_left_ = 0;
}

}  // namespace bantam
