// y = x Wₑᵀ where each row has its own expert's matrix Wₑ.
#pragma once
#include "ops/mixture.h"

namespace bantam {

// x: [S, D], rows as Routing sorts them; weight: [E·N, D], N rows an expert; result [S, N], dtype of x; rows that fill up are
// zeros. Differentiable in both. As `linear`: oneDNN under a tape, else each output is one dot product whatever stands
// beside it.
Tensor grouped_linear(const Tensor& x, Weight& weight, const Routing& routing);

}  // namespace bantam
