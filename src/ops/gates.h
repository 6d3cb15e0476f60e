// Learnt gates on a branch, or on each of its channels.
#pragma once
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// x + tanh(gate[which]) y, in the dtype of x; y may have another. Differentiable in x, y and gate.
Tensor gated_add(const Tensor& x, const Tensor& y, Weight& gate, size_t which);

// γ/2 (1 + erf(α z + β)) for each channel: [T, C], of z's dtype. α, β, γ: [1, C]. Differentiable in all.
Tensor derf_gate(const Tensor& z, Weight& alpha, Weight& beta, Weight& gamma);

}  // namespace bantam
