// y = x Wᵀ (+ b): the product that a model is made of.
#pragma once
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// x: [T, K] f32, bf16 (or f64 on the reference device). weight: [N, K]. bias: [1, N] f32, or null.
// Result: [T, N] of `out` (default: the dtype of x). A bf16 x multiplies the weight's bf16 copy, an f32 x its
// master; sums run in f32. Differentiable in x, weight and bias. Under a tape the product is oneDNN's, cut
// into slices of fixed shape. Without one it is our own, on the weight as it lies: each output is a dot
// product in one order of additions (simd/dot.h), so a row's bits do not depend on how many rows are computed
// together.
Tensor linear(const Tensor& x, Weight& weight, Weight* bias = nullptr);
Tensor linear(const Tensor& x, Weight& weight, Weight* bias, Dtype out);

}  // namespace bantam
