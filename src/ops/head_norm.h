// Normalisations inside each head of a row. x: [T, H·K], f32, bf16 or f64; statistics in f32.
#pragma once
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// y = x / max(‖x‖₂, 1e-12) per head. Differentiable in x.
Tensor l2_normalize(const Tensor& x, size_t heads);

// Group normalisation with one group a head, over the head's K channels of each position (population variance):
// y = (x − mean) / sqrt(var + eps) · gain + bias. gain, bias: [1, H·K]. Result in `out` (default: the dtype of x).
// Differentiable in all three. With one head it is LayerNorm (Ba et al. 2016, arXiv:1607.06450).
Tensor group_norm(const Tensor& x, size_t heads, Weight& gain, Weight& bias, float eps);
Tensor group_norm(const Tensor& x, size_t heads, Weight& gain, Weight& bias, float eps, Dtype out);

// RMSNorm of each head: y = x / sqrt(mean(x²) + eps) · gain. Differentiable in both.
Tensor group_rms_norm(const Tensor& x, size_t heads, Weight& gain, float eps);

}  // namespace bantam
