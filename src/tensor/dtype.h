// Element types that tensors compute in, and bfloat16 with the rounding that we own.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/error.h"

namespace bantam {

enum class Dtype : uint8_t { f32, bf16, f64 };

constexpr size_t bytes_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return 4;
    case Dtype::bf16:
      return 2;
    case Dtype::f64:
      return 8;
  }
  return 0;
}

constexpr const char* name_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return "f32";
    case Dtype::bf16:
      return "bf16";
    case Dtype::f64:
      return "f64";
  }
  return "?";
}

// The upper half of an f32. Stores round to nearest, ties to even; NaN stays NaN.
struct bf16 {
  uint16_t bits;

  bf16() = default;
  constexpr explicit bf16(float value) : bits(round(value)) {}
  constexpr explicit operator float() const { return std::bit_cast<float>(uint32_t{bits} << 16); }

 private:
  static constexpr uint16_t round(float value) {
    const uint32_t u = std::bit_cast<uint32_t>(value);
    if ((u & 0x7fffffff) > 0x7f800000) return static_cast<uint16_t>(u >> 16 | 0x40);
    return static_cast<uint16_t>((u + 0x7fff + (u >> 16 & 1)) >> 16);
  }
};
static_assert(sizeof(bf16) == 2);

template <class T>
inline constexpr Dtype dtype_of = [] {
  static_assert(sizeof(T) == 0, "not an element type");
  return Dtype::f32;
}();
template <>
inline constexpr Dtype dtype_of<float> = Dtype::f32;
template <>
inline constexpr Dtype dtype_of<bf16> = Dtype::bf16;
template <>
inline constexpr Dtype dtype_of<double> = Dtype::f64;

// Calls f.template operator()<T>() with the CPU element type of `dtype` (f32 or bf16).
template <class F>
decltype(auto) dispatch(Dtype dtype, F&& f) {
  BANTAM_ASSERT(dtype != Dtype::f64);
  return dtype == Dtype::bf16 ? f.template operator()<bf16>() : f.template operator()<float>();
}

}  // namespace bantam
