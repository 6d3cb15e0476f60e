// RMS normalisation inside each head, as attention has it on queries and keys (Henry et al. 2020, arXiv:2010.04245).
#pragma once
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// y = x / sqrt(mean over the head's K channels of x² + eps) · gain.  x: [T, H·K], f32, bf16 or f64; gain: [1, K], the same
// for every head; y as x, sums in f32. Differentiable in x and gain.
Tensor head_rms_norm(const Tensor& x, size_t heads, Weight& gain, float eps);

}  // namespace bantam
