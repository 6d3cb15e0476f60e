// Which split a document belongs to: a hash of its core decides, so that the same core never falls in both.
#pragma once
#include <cstdint>

#include "data/corpus/corpus.h"

namespace bantam::corpus {

inline constexpr uint64_t kValidOneIn = 16;

inline uint64_t mix_core(uint64_t core, uint64_t part) {  // the finaliser of SplitMix64 over a running sum
  uint64_t z = core * 0x9e3779b97f4a7c15 + part;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

inline bool core_in_split(uint64_t core, Split split) {
  return (mix_core(core, 0) % kValidOneIn == 0) == (split == Split::valid);
}

}  // namespace bantam::corpus
