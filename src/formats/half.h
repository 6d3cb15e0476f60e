// Numbers of 16 bits as IEEE 754 has them (f16), by their bits.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace bantam {

inline float half_to_float(uint16_t h) {
  const uint32_t sign = uint32_t{h} >> 15 << 31, exponent = h >> 10 & 31, fraction = h & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
  const float magnitude = exponent == 0 ? static_cast<float>(fraction) * 0x1p-24f
                                        : std::bit_cast<float>((exponent + 112) << 23 | fraction << 13);
  return sign != 0 ? -magnitude : magnitude;
}

// Rounded to nearest, ties to even; infinite from 65520 on. x is a number.
inline uint16_t float_to_half(float x) {
  const uint16_t sign = static_cast<uint16_t>(std::bit_cast<uint32_t>(x) >> 31 << 15);
  const float magnitude = std::abs(x);
  if (magnitude >= 65520.0f) return sign | 0x7c00;
  if (magnitude < 0x1p-14f) return sign | static_cast<uint16_t>(std::nearbyint(magnitude * 0x1p24f));
  const uint32_t bits = std::bit_cast<uint32_t>(magnitude), odd = bits >> 13 & 1;
  return sign | static_cast<uint16_t>((bits + 0xfff + odd - (uint32_t{112} << 23)) >> 13);
}

}  // namespace bantam
