// The random draws of one document, in the order it makes them.
// Law: a document's draws are a pure function of (seed, stream), and integers only decide, so that documents can be
// made in any order, on any machine, with the same result.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>

#include "base/random.h"

namespace bantam::corpus {

class Dice {
 public:
  Dice(uint64_t seed, uint64_t stream) : random_(seed, stream) {}

  size_t below(size_t bound) { return random_.below(bound); }
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<size_t>(high - low + 1)));
  }
  bool chance(int percent) { return below(100) < static_cast<size_t>(percent); }

  template <class T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }
  template <class T>
  const T& pick(std::span<const T> values) {
    return values[below(values.size())];
  }

 private:
  Random random_;
};

}  // namespace bantam::corpus
