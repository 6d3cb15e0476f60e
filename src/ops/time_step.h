// What the decay of Mamba-2 is made of: few numbers a token, so every value is computed in f64.
// Dimensions:  T tokens, packed   H heads
#pragma once
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// All: x [T, H] of any dtype, weight [1, H]; result [T, H] in f32 (f64 on the reference device). Differentiable in both.

// δ = min(max(softplus(x + bias), low), high); outside the limits the gradient is zero.
Tensor time_step(const Tensor& x, Weight& bias, float low, float high);

// log a = −δ e^A, Mamba-2 as published (Dao & Gu 2024, arXiv:2405.21060): a decays at the rate e^A.
Tensor log_decay(const Tensor& step, Weight& log_rate);

// log a = −softplus(x − e^A), VUAF's form: a = σ(e^A − x).
Tensor log_decay_from(const Tensor& x, Weight& log_offset);

}  // namespace bantam
