// A moment of AdamW, shaped as its weight: f32 values (f64 on the reference device), or 8-bit codes in blocks of 256, each
// with the largest magnitude of the block as its scale (Dettmers et al. 2022, arXiv:2110.02861, section 2).
//
// The code is the paper's dynamic one: the decade (10ⁱ⁻⁷, 10ⁱ⁻⁶], i = 0 … 6, has 2ⁱ values (2ⁱ⁺¹ where there is no sign),
// the middles of as many equal steps over its upper nine tenths; 0 and 1 stand beside them. A value takes the nearest.
// Law: what is not zero never becomes zero in an unsigned code. It stands under a root in the update's denominator, and a
// zero there would make a step of any length.
#pragma once
#include <cstdint>
#include <span>

#include "tensor/weight.h"

namespace bantam {

inline constexpr size_t kMomentBlock = 256;
// Weights with a smaller tensor keep f32.
inline constexpr size_t kSmallestCoded = 4096;

enum class MomentCode : uint8_t { with_sign, without_sign };

// The 256 values of a code, ascending.
std::span<const float> code_values(MomentCode code);
// One block. `scale` becomes the largest magnitude; values must be finite, and at least 0 without a sign.
void encode_moment(std::span<const float> values, MomentCode code, uint8_t* codes, float& scale);
void decode_moment(std::span<const uint8_t> codes, MomentCode code, float scale, float* values);

struct Moment {
  MomentCode code = MomentCode::with_sign;
  Output values;  // [rows, cols]; empty where codes are kept
  Buffer codes;   // a byte an element; absent where values are kept
  Output scales;  // [1, blocks]; the blocks of a named tensor begin at its first element

  Moment() = default;  // none
  // All zero. unsupported: codes on the reference device.
  Moment(const Weight& weight, MomentCode code, bool in_8_bits);

  explicit operator bool() const { return coded() || static_cast<bool>(values); }
  bool coded() const { return static_cast<bool>(codes); }
  uint8_t* code_data() const { return static_cast<uint8_t*>(codes.data()); }
};

// Whether a weight's tensors are large enough for codes, and how many blocks those have.
bool worth_coding(const Weight& weight);
constexpr size_t moment_blocks(size_t count) { return (count + kMomentBlock - 1) / kMomentBlock; }
size_t weight_blocks(const Weight& weight);

}  // namespace bantam
