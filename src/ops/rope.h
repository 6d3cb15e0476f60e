// Rotary position embedding (Su et al. 2021, arXiv:2104.09864), over all channels of a head or some.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace bantam {

struct RopeShape {
  size_t heads = 1;
  float base = 10000;
  // Of each head's K channels, `width` from `first` on turn; the others stay. 0 is all that are left.
  size_t first = 0, width = 0;
  bool interleaved = false;  // pairs are neighbours, and not halves (GPT-J, DeepSeek)
  bool f64_angles = false;   // angles are computed in f64, and not in f32 as Llama's reference code has it
};

// x: [T, heads·K], W = width. For pair i < W/2 of each head: (a, b) = (x[i], x[i + W/2]), or interleaved (x[2i], x[2i + 1]),
// turns by angle positions[t] · f[i], f[i] = base^(−2i/W): a' = a cos − b sin, b' = b cos + a sin. Cosines and sines are
// computed in f64, rounded to f32 and cached. Differentiable in x. positions: T values ≥ 0.
Tensor rope(const Tensor& x, const RopeShape& shape, std::span<const int32_t> positions);

}  // namespace bantam
