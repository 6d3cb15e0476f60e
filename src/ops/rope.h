// Rotary position embedding (Su et al. 2021, arXiv:2104.09864), halves rotated as in Llama checkpoints.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace bantam {

// x: [T, heads·K]. For pair i < K/2 of each head: (a, b) = (x[i], x[i + K/2]) turns by angle positions[t] ·
// f[i], f[i] = base^(−2i/K): a' = a cos − b sin, b' = b cos + a sin. Angles are computed in f32 from
// positions, cos and sin in f64 rounded to f32 and cached per base. Differentiable in x. positions: T values
// ≥ 0.
Tensor rope(const Tensor& x, size_t heads, std::span<const int32_t> positions, float base);

}  // namespace bantam
