// When a looped model stops: the exit distribution of PonderNet (Banino et al. 2021, arXiv:2107.05407) from the
// hazards of each step, and what training adds to the loss for it. All [T, R] in f32 (f64 on the reference device).
#pragma once
#include "tensor/tensor.h"

namespace bantam {

// z: [T, R − 1], the halting logits of every step but the last. λ_r = σ(z_r) is the hazard of step r:
//   p_r = λ_r Π_{j<r} (1 − λ_j) for r < R − 1,   p_{R−1} = Π_{j<R−1} (1 − λ_j).     Result: [T, R]; differentiable.
Tensor exit_distribution(const Tensor& z);

// y[t, r] = scale[t] · ((1 − f) p[t, r] + f / R), f the floor share: what each exit's loss weighs. scale: [T, 1], a
// constant. Differentiable in p.
Tensor exit_weights(const Tensor& p, const Tensor& scale, double floor_share);

// weight · Σ_t scale[t] · Σ_r p (log p − log_prior[r]): [1, 1], a root of the tape. The divergence of the exits from a prior;
// of zeros, their negative entropy. Differentiable in p.
Tensor exit_divergence(const Tensor& p, const Tensor& scale, const std::vector<double>& log_prior,
                       double weight);

// Σ_t scale[t] · mean_{r<R−1} −[g log(1 − λ_r) + (1 − g) log λ_r] with λ = σ(z), g = σ(slope · (max(0, ce[t, r] − ce[t, r+1])
// − threshold)): [1, 1], a root of the tape. ce: [T, R], the cross-entropy at each exit. Differentiable in z alone.
//   Zhu et al. 2025 (arXiv:2510.25741), stage II; model/exits.h says which gain belongs to which hazard.
Tensor gain_loss(const Tensor& z, const Tensor& ce, const Tensor& scale, double slope, double threshold);

}  // namespace bantam
