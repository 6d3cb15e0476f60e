// Group normalisation whose statistics go over a whole sequence: every position sees all others, so nothing that uses it
// is causal. VUAF's published checkpoints are computed so (models/vuaf.md sections 0 and 3).
#pragma once
#include "ops/segment.h"
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// As group_norm of ops/head_norm.h, with one mean and variance for each head of each segment, over its K channels and
// all positions. x: [T, H·K], f32, bf16 or f64; statistics in f64. gain, bias: [1, H·K]. Differentiable in all three.
Tensor sequence_norm(const Tensor& x, size_t heads, Weight& gain, Weight& bias, float eps,
                     const Segments& segments);

}  // namespace bantam
