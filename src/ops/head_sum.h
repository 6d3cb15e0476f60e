// Rows of heads, each scaled by a sum over another row's head.
#pragma once
#include "tensor/tensor.h"

namespace bantam {

// y[t, h, i] = (Σ_j x[t, h, j]) v[t, h, i]. x, v: [T, H·K] of one dtype, f32, bf16 or f64; sums in f32. Differentiable in
// both. It is the bonus of RWKV-7 (Peng et al. 2025, arXiv:2503.14456), with x = r ⊙ k ⊙ ρ.
Tensor multiply_by_head_sums(const Tensor& v, const Tensor& x, size_t heads);

}  // namespace bantam
