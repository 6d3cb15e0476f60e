// The losses of the decision head, which tells classes at chosen positions (models/qovaryx.md, "Optional heads"):
//
//   z_p = W2 silu(W1 RMSNorm(h_p)),  loss = (1/N) Σ_p [ decision_weight · w(y_p) · CE(z_p, y_p) + calibration_weight · Brier(z_p, y_p) ]
//
// over the labelled positions p of a step, N in number, h the hidden states of the last read-out, w the classes' weights.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "model/objective.h"

namespace bantam {

// Weights of classes by inverse frequency: w(c) = N / (K counts[c]) with N rows of K classes that occur, so their mean over the
// rows is 1; 0 for a class that does not occur. As many as there are classes, which is at least counts.size().
std::vector<double> inverse_frequency(std::span<const uint64_t> counts, size_t classes);

// Adds them to `losses`, and the terms `decision` (the mean of w · CE) and `calibration` (the mean Brier score), unless no
// position is labelled. labelled: by rising position of `hidden`, classes of the head; counts.labelled is the step's N.
void add_decision_losses(const Decoder& model, const Tensor& hidden, std::span<const LabelledRow> labelled,
                         const TargetCounts& counts, const ObjectiveOptions& options, Losses& losses);

}  // namespace bantam
