// Arithmetic on numbers that come from a file: overflow is an error of the file, never a wrapped value.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/error.h"

namespace bantam {

class Checked {
 public:
  explicit Checked(uint64_t value) : value_(value) {}
  uint64_t value() const { return value_; }

  friend Checked operator+(Checked a, Checked b) {
    uint64_t sum;
    require(!__builtin_add_overflow(a.value_, b.value_, &sum), ErrorCode::corrupt,
            "{} + {} overflows 64 bits; the file's sizes are damaged", a.value_, b.value_);
    return Checked(sum);
  }
  friend Checked operator*(Checked a, Checked b) {
    uint64_t product;
    require(!__builtin_mul_overflow(a.value_, b.value_, &product), ErrorCode::corrupt,
            "{} * {} overflows 64 bits; the file's sizes are damaged", a.value_, b.value_);
    return Checked(product);
  }
  friend Checked operator-(Checked a, Checked b) {
    require(a.value_ >= b.value_, ErrorCode::corrupt, "{} - {} is negative; the file's sizes are damaged",
            a.value_, b.value_);
    return Checked(a.value_ - b.value_);
  }
  friend auto operator<=>(Checked a, Checked b) = default;

 private:
  uint64_t value_;
};

}  // namespace bantam
