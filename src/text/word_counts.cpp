#include "text/word_counts.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/threads.h"

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

void WordTable::forget(uint64_t at_most) {
  WordTable kept;
  for (const Slot& slot : slots_)
    if (slot.bytes && slot.count > at_most) kept.add_copy(slot.word(), slot.hash, slot.count);
  *this = std::move(kept);
}

void WordTable::clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  arena_.clear();
  size_ = arena_left_ = 0;
}

void WordCounts::add(size_t blocks,
                     FunctionRef<void(size_t block, FunctionRef<void(std::string_view)> word)> split_block) {
  blocks_.resize(std::max(blocks_.size(), blocks));
  std::vector<std::vector<std::vector<WordTable::Slot>>> by_shard(blocks);
  parallel_for(blocks, [&](size_t block) {
    WordTable& words = blocks_[block];
    words.clear();
    split_block(block, [&](std::string_view word) { words.add(word, WordTable::hash(word), 1); });
    by_shard[block].resize(kShards);
    for (const WordTable::Slot& slot : words.slots())
      if (slot.bytes) by_shard[block][slot.hash >> 58].push_back(slot);
  });
  struct Added {
    uint64_t distinct = 0, occurrences = 0, bytes = 0;
  };
  std::vector<Added> added(kShards);
  parallel_for(kShards, [&](size_t shard) {
    for (size_t block = 0; block < blocks; ++block) {
      for (const WordTable::Slot& slot : by_shard[block][shard]) {
        added[shard].occurrences += slot.count;
        if (!shards_[shard].add_copy(slot.word(), slot.hash, slot.count)) continue;
        ++added[shard].distinct;
        added[shard].bytes += slot.size;
      }
    }
  });
  for (const Added& a : added) {
    distinct_ += a.distinct;
    occurrences_ += a.occurrences;
    word_bytes_ += a.bytes;
  }
  keep_budget();
}

void WordCounts::keep_budget() {
  const auto total = [](uint64_t words, uint64_t bytes) {
    return words * charge(0) + bytes * (charge(1) - charge(0));
  };
  if (total(distinct_, word_bytes_) <= budget_) return;
  // What the words of each small count cost; a table whose words are all frequent goes on by doubling t.
  constexpr size_t kSmall = 64;
  std::vector<uint64_t> words(kSmall), bytes(kSmall);
  for (const WordTable& shard : shards_)
    for (const WordTable::Slot& slot : shard.slots())
      if (slot.bytes && slot.count < kSmall) {
        ++words[slot.count];
        bytes[slot.count] += slot.size;
      }
  uint64_t t = 0, left = total(distinct_, word_bytes_);
  while (t + 1 < kSmall && left > budget_ / 2) {
    ++t;
    left -= total(words[t], bytes[t]);
  }
  do {
    const uint64_t before = distinct_;
    parallel_for(kShards, [&](size_t shard) { shards_[shard].forget(t); });
    distinct_ = word_bytes_ = 0;
    for (const WordTable& shard : shards_) {
      distinct_ += shard.size();
      for (const WordTable::Slot& slot : shard.slots()) word_bytes_ += slot.bytes ? slot.size : 0;
    }
    forgotten_ += before - distinct_;
    forgotten_at_most_ = std::max(forgotten_at_most_, t);
    t *= 2;
  } while (total(distinct_, word_bytes_) > budget_);
}

void WordCounts::take(FunctionRef<void(std::string_view word, uint64_t count)> give) {
  blocks_.clear();
  for (WordTable& shard : shards_) {
    for (const WordTable::Slot& slot : shard.slots())
      if (slot.bytes) give(slot.word(), slot.count);
    shard = WordTable();
  }
}

}  // namespace bantam
