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
Tensor silu(const Tensor& x);          // x σ(x)
Tensor squared_relu(const Tensor& x);  // max(x, 0)²
Tensor rwkv7_decay(
    const Tensor& x);  // exp(−e^(−1/2) σ(x)), in (0.545, 1); Peng et al. 2025 (arXiv:2503.14456)
Tensor swiglu(const Tensor& gate, const Tensor& up);  // silu(gate) ⊙ up; Shazeer 2020 (arXiv:2002.05202)
Tensor multiply(const Tensor& x, Weight& m);          // m ⊙ x with a learnt m: [1, C]
Tensor ones_like(const Tensor& x);                    // 1 everywhere; no gradient
// m ⊙ x + (1 − m) ⊙ y with a tensor m, all of one dtype.
Tensor lerp(const Tensor& x, const Tensor& y, const Tensor& m);
// m ⊙ x + (1 − m) ⊙ y with a learnt m: [1, C].
Tensor blend(const Tensor& x, const Tensor& y, Weight& m);

}  // namespace bantam
