// Softmax cross-entropy of a projection, without ever holding the logits of a batch: rows go through in chunks, and the
// gradients are computed on the way forward.
#pragma once
#include <cstdint>
#include <span>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

struct CrossEntropy {
  Tensor loss;  // [1, 1] f32: Σ_t weight[t] (ce[t] + z_weight lse[t]²); a root of the tape: its gradient is 1
  Tensor row_loss;   // [T, 1] f32: ce[t], 0 where there is no target; carries no gradient
  Tensor row_log_z;  // [T, 1] f32: lse[t], as well
};

// logits[t] = hidden[t] · headᵀ, lse = log Σ exp logits, ce[t] = lse[t] − logits[t, targets[t]].
// hidden: [T, D] in the compute dtype. head: [V, D]. targets: T ids, −1 for none (such rows cost nothing).
// weights: [T, 1] f32; differentiable in hidden, head and weights (∂loss/∂weight[t] = ce[t] + z_weight lse²).
// Reference: z-loss, Chowdhery et al. 2022 (PaLM), section 5.
CrossEntropy cross_entropy(const Tensor& hidden, Weight& head, std::span<const int32_t> targets,
                           const Tensor& weights, float z_weight = 0);

}  // namespace bantam
