// Root-mean-square normalisation (Zhang & Sennrich 2019, arXiv:1910.07467, eq. 4).
#pragma once
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// y[t, d] = x[t, d] r[t] gain[d],   r[t] = 1 / sqrt(mean_d(x[t, d]²) + eps)
// x: [T, D] f32, bf16 or f64. gain: [1, D]. y: [T, D] of `out`. Sums run in f32.
// Differentiable in x and gain.
Tensor rms_norm(const Tensor& x, Weight& gain, float eps, Dtype out);

}  // namespace bantam
