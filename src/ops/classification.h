// What a classifier pays: cross-entropy, and the Brier score, which is least where stated probabilities are those that
// come true (Brier 1950, "Verification of forecasts expressed in terms of probability").
#pragma once
#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace bantam {

struct Classification {
  Tensor loss;                          // [1, 1], a root of the tape; differentiable in the logits
  Tensor row_cross_entropy, row_brier;  // [P, 1], constants
};

// With p_i = softmax(logits[i]) and y_i the indicator of labels[i], in P rows and C classes:
//   row_cross_entropy[i] = −log p_i[labels[i]]     row_brier[i] = Σ_c (p_i[c] − y_i[c])²
//   loss = Σ_i weights[i] · row_cross_entropy[i] + brier_weight · Σ_i row_brier[i]
// logits: [P, C] f32 (f64 on the reference device), C small: a row's sums run in f64. labels: P classes below C; weights: P.
Classification classification(const Tensor& logits, std::span<const int32_t> labels,
                              std::span<const double> weights, double brier_weight);

}  // namespace bantam
