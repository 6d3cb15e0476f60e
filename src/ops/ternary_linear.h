// y = x̂ Ŵᵀ with ternary weights and 8-bit activations, learnt through the rounding.
//   BitNet b1.58: Ma et al. 2024 (arXiv:2402.17764, eq. 1-3); straight-through: Bengio et al. 2013 (arXiv:1308.3432).
// Dimensions:  T tokens   K inputs   N outputs
//
//   q[t, k] = round(127 x[t, k] / max_k |x[t, k]|)           x̂ = a_t q, a_t = max_k |x[t, k]| / 127
//   b[n, k] = clamp(round(W[n, k] / s), −1, 1)               Ŵ = s b,   s = mean |W| of the checkpoint tensor that row n is of
//   y[t, n] = a_t s_n Σ_k q[t, k] b[n, k]                    the sum in whole numbers: exact in every order
//
// A row or tensor of zeros stays zeros. Halves are rounded to even.
#pragma once
#include <cmath>
#include <vector>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// x: [T, K] f32, bf16 (f64 on the reference device); weight: [N, K]; result [T, N], dtype of x. What goes back is by
// definition dx = dy Ŵ and dW = dyᵀ x̂, as if neither had been rounded. Under a tape the product is oneDNN's on whole numbers
// in the dtype of x. Without one it is our own, on 2-bit weights and 8-bit rows (simd/ternary.h), packed when a weight is
// first read: the same bits, as long as 127 K < 2²⁴.
Tensor ternary_linear(const Tensor& x, Weight& weight);
// s of one checkpoint tensor, and b of one of its elements.
float ternary_unit(const float* values, size_t count);
inline int ternary_sign(float w, float s) { return 2 * std::abs(w) > s ? (w > 0 ? 1 : -1) : 0; }
// Of the weight as inference reads it.
size_t packed_bytes(const Weight& weight);

}  // namespace bantam
