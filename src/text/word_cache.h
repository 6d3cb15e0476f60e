// Ids of recently encoded words. Language repeats its words, so most are found here and never reach the
// merges. Two tables of fixed size: short words with few ids, in sets of two that share a cache line, and
// longer ones. A newcomer replaces the older of its set; what is found equals what would be computed.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace bantam {

// A word of at most 15 bytes as two numbers: its bytes, zeros, its length. No word has the key 0.
struct ShortKey {
  uint64_t low, high;

  // Memory may be read up to `readable_end`, past the word's own end. Of a longer word it is no key.
  ShortKey(std::string_view word, const char* readable_end) : low(0), high(0) {
    if (readable_end - word.data() >= 16) {
      std::memcpy(&low, word.data(), 8);
      std::memcpy(&high, word.data() + 8, 8);
      const uint64_t bits = word.size() * 8;
      if (bits < 64) {
        low &= (uint64_t{1} << bits) - 1;
        high = 0;
      } else if (bits < 128) {
        high &= (uint64_t{1} << (bits - 64)) - 1;
      }
    } else {
      char bytes[16] = {};
      std::memcpy(bytes, word.data(), word.size() < 16 ? word.size() : 16);
      std::memcpy(&low, bytes, 8);
      std::memcpy(&high, bytes + 8, 8);
    }
    high |= uint64_t{word.size()} << 56;
  }
  bool operator==(const ShortKey&) const = default;
};

class WordCache {
 public:
  static constexpr size_t kLongestShort = 15, kLongestLong = 31;

  struct Short {
    static constexpr uint32_t kIds = 3;
    uint64_t low, high;
    int32_t ids[kIds];
    uint32_t count;
    bool holds(const ShortKey& key) const { return low == key.low && high == key.high; }
  };
  struct alignas(64) ShortSet {
    Short ways[2];  // the newer first
  };
  struct alignas(64) Long {
    static constexpr uint32_t kIds = 7;
    char bytes[kLongestLong];
    uint8_t size;  // 0: nothing here
    int32_t ids[kIds];
    uint32_t count;
  };
  static_assert(sizeof(ShortSet) == 64 && sizeof(Long) == 64);

  WordCache()
      : shorts_(new ShortSet[size_t{1} << kShortBits]()), longs_(new Long[size_t{1} << kLongBits]()) {}

  ShortSet& set_of(const ShortKey& key) {
    const uint64_t hash = key.low * 0x9E3779B97F4A7C15u + key.high * 0xD6E8FEB86659FD93u;
    return shorts_[hash >> (64 - kShortBits)];
  }
  static const Short* find(const ShortSet& set, const ShortKey& key) {
    if (set.ways[0].holds(key)) return &set.ways[0];
    return set.ways[1].holds(key) ? &set.ways[1] : nullptr;
  }
  // Requires: count <= Short::kIds.
  static void put(ShortSet& set, const ShortKey& key, const int32_t* ids, size_t count) {
    set.ways[1] = set.ways[0];
    set.ways[0] = {key.low, key.high, {}, static_cast<uint32_t>(count)};
    std::memcpy(set.ways[0].ids, ids, count * sizeof *ids);
  }

  Long& place_of(std::string_view word) {
    uint64_t parts[4] = {};
    std::memcpy(parts, word.data(), word.size());
    uint64_t hash = word.size();
    for (const uint64_t part : parts) {
      hash = (hash ^ part) * 0xD6E8FEB86659FD93u;
      hash ^= hash >> 29;
    }
    return longs_[(hash * 0x9E3779B97F4A7C15u) >> (64 - kLongBits)];
  }
  static bool holds(const Long& place, std::string_view word) {
    return place.size == word.size() && std::memcmp(place.bytes, word.data(), word.size()) == 0;
  }
  // More ids than fit are not kept.
  static void put(Long& place, std::string_view word, const int32_t* ids, size_t count) {
    if (count > Long::kIds) return;
    place.size = static_cast<uint8_t>(word.size());
    place.count = static_cast<uint32_t>(count);
    std::memcpy(place.bytes, word.data(), word.size());
    std::memcpy(place.ids, ids, count * sizeof *ids);
  }

 private:
  static constexpr int kShortBits = 15, kLongBits = 14;
  std::unique_ptr<ShortSet[]> shorts_;
  std::unique_ptr<Long[]> longs_;
};

}  // namespace bantam
