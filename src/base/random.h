// Counter-based random numbers (Philox4x32-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// Law: a number is a pure function of (seed, stream, index), so it does not matter who draws it, or when.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace bantam {

// Four random words for one counter value.
std::array<uint32_t, 4> philox(uint64_t key, uint64_t counter_high, uint64_t counter_low);

// FNV-1a; turns a name such as a tensor's into a stream number.
uint64_t hash_name(std::string_view name);

// SplitMix64's mixing of one number (Steele et al. 2014), for hashes that other programs must agree with.
constexpr uint64_t splitmix64(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// Random access by index into the stream `stream` of `seed`.
class RandomStream {
 public:
  RandomStream(uint64_t seed, uint64_t stream) : seed_(seed), stream_(stream) {}
  RandomStream(uint64_t seed, std::string_view name) : RandomStream(seed, hash_name(name)) {}

  uint64_t bits(uint64_t index) const;
  double uniform(uint64_t index) const;                  // [0, 1), 53 bits
  double normal(uint64_t index) const;                   // mean 0, variance 1
  uint64_t below(uint64_t index, uint64_t bound) const;  // [0, bound), bound > 0

 private:
  uint64_t seed_, stream_;
};

// The same stream read one after another, for code that draws a varying number of values.
class Random {
 public:
  explicit Random(RandomStream stream) : stream_(stream) {}
  Random(uint64_t seed, uint64_t stream) : stream_(seed, stream) {}
  Random(uint64_t seed, std::string_view name) : stream_(seed, name) {}
  uint64_t bits() { return stream_.bits(next_++); }
  double uniform() { return stream_.uniform(next_++); }
  double normal() { return stream_.normal(next_++); }
  uint64_t below(uint64_t bound) { return stream_.below(next_++, bound); }
  uint64_t position() const { return next_; }
  void seek(uint64_t position) { next_ = position; }

 private:
  RandomStream stream_;
  uint64_t next_ = 0;
};

}  // namespace bantam
