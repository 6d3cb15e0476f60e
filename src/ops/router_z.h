// The router z-loss: keeps the logits by which a mixture chooses its experts small. Zoph et al. 2022 (arXiv:2202.08906,
// eq. 5).
// Dimensions:  T tokens   E experts
#pragma once
#include <span>

#include "tensor/tensor.h"

namespace bantam {

// factor / |tokens| · Σ (log Σ_e e^z[t, e])² over the rows `tokens` of z, in order; 0 when there are none.
// z: [T, E] f32 (f64 on the reference device), E small: sums in f64. [1, 1], a root of the tape; differentiable in z.
Tensor router_z_loss(const Tensor& z, std::span<const size_t> tokens, double factor);

}  // namespace bantam
