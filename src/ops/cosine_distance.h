// How far predicted directions are from their targets.
#pragma once
#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace bantam {

// Σ_t weight · (1 − cos(p[t], q[target[t]])) over the rows with a target; q carries no gradient, norms are at least 1e-8.
// p, q: [T, D], one dtype; target: T rows of q, −1 for none. [1, 1] f32 (f64 on the reference device), a root of the tape;
// differentiable in p.
Tensor cosine_distance(const Tensor& p, const Tensor& q, std::span<const int32_t> target, double weight);

}  // namespace bantam
