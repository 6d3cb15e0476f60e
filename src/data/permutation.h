// A keyed bijection of [0, size): shuffling without a table. A balanced Feistel network over the smallest
// even number of bits that holds the range, with Philox as its round function; what falls outside is
// enciphered again until it falls inside (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").
// Law: a value is a pure function of (size, seed, stream, index), on every machine.
#pragma once
#include <bit>
#include <cstdint>

#include "base/error.h"
#include "base/random.h"

namespace bantam {

class Permutation {
 public:
  Permutation(uint64_t size, uint64_t seed, uint64_t stream)
      : size_(size),
        half_bits_(size <= 2 ? 1 : (static_cast<int>(std::bit_width(size - 1)) + 1) / 2),
        mask_((uint64_t{1} << half_bits_) - 1),
        seed_(seed),
        stream_(stream) {}

  uint64_t operator()(uint64_t index) const {
    BANTAM_ASSERT(index < size_);
    do index = encipher(index);
    while (index >= size_);
    return index;
  }

 private:
  static constexpr uint64_t kRounds = 8;

  uint64_t encipher(uint64_t value) const {
    uint64_t left = value >> half_bits_, right = value & mask_;
    for (uint64_t round = 0; round < kRounds; ++round) {
      const auto words = philox(seed_, stream_, round << 32 | right);
      const uint64_t mixed = left ^ (words[0] & mask_);
      left = right;
      right = mixed;
    }
    return left << half_bits_ | right;
  }

  uint64_t size_;
  int half_bits_;
  uint64_t mask_, seed_, stream_;
};

}  // namespace bantam
