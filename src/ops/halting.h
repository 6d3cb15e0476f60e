// When a looped model stops: the exit distribution of PonderNet (Banino et al. 2021, arXiv:2107.05407) from the
// hazards of each step, and what training adds to the loss for it. All [T, R] in f32 (f64 on the reference device).
#pragma once
#include "tensor/tensor.h"

namespace bantam {

// z: [T, R − 1], the halting logits of every step but the last. λ_r = σ(z_r) is the hazard of step r:
//   p_r = λ_r Π_{j<r} (1 − λ_j) for r < R − 1,   p_{R−1} = Π_{j<R−1} (1 − λ_j).     Result: [T, R]; differentiable.
Tensor exit_distribution(const Tensor& z);

// y[t, c] = x[t, c] · scale[t]. scale: [T, 1], a constant. Differentiable in x.
Tensor scale_rows(const Tensor& x, const Tensor& scale);

// Σ_t scale[t] · Σ_r p log p, the negative entropy of the exits: [1, 1], a root of the tape. Differentiable in p.
Tensor negative_entropy(const Tensor& p, const Tensor& scale);

}  // namespace bantam
