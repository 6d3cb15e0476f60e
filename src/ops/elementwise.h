// Ops that take each element by itself. All: [T, C], f32, bf16 or f64; inputs may be column views; differentiable in
// every input.
#pragma once
#include <vector>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

Tensor add(const Tensor& x, const Tensor& y);       // x + y in the dtype of x (a stream plus a branch)
Tensor multiply(const Tensor& x, const Tensor& y);  // x ⊙ y, same dtype
Tensor cast(const Tensor& x, Dtype dtype);
Tensor sigmoid(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor silu(const Tensor& x);                       // x σ(x)
Tensor swiglu(const Tensor& gate, const Tensor& up);  // silu(gate) ⊙ up; Shazeer 2020 (arXiv:2002.05202)
// m ⊙ x + (1 − m) ⊙ y with a learnt m: [1, C].
Tensor blend(const Tensor& x, const Tensor& y, Weight& m);

}  // namespace bantam
