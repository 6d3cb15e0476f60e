// Softmax over each row.
#pragma once
#include "tensor/tensor.h"

namespace bantam {

// y[t, i] = e^x[t, i] / Σ_j e^x[t, j].  x: [T, C] f32 (f64 on the reference device), C small: sums in f64. Differentiable.
Tensor softmax_rows(const Tensor& x);

}  // namespace bantam
