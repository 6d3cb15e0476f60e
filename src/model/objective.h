// What training minimises: cross-entropy of every head, weighted over the exits of a halting loop, and the penalties
// that parts add. Law: sums are divided by counts of the whole step, so cutting a step into micro-batches changes nothing.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/decoder.h"

namespace bantam {

struct ObjectiveOptions {
  double mtp_weight = 0.3;
  double z_weight = 0;
  double decision_weight = 0.5, calibration_weight = 0.2;  // of decision.h
  std::vector<double> class_weights = {};                  // of the decision head's classes; empty: all 1
};

// Positions with a target, per distance: targets[j] counts those whose token j + 1 ahead is known, states[j] those of them
// whose state there is computed too: a document that was cut knows the token behind its last row, not the state. Add up
// over the micro-batches of a step before its first forward.
struct TargetCounts {
  std::vector<uint64_t> targets, states;
  uint64_t labelled = 0;  // positions with a class for the decision head
  TargetCounts& operator+=(const TargetCounts& other);
};

// A row of the pass whose document has a class for the decision head, read there.
struct LabelledRow {
  size_t row;
  int32_t label;
};

// The targets of the head that predicts `ahead` tokens on, from those of the next token: shifted inside each segment, −1
// where there is none, and at rows without a token (id −1), from which nothing is predicted; and the rows of the pass at
// which those tokens stand, −1 where that is outside the segment.
std::vector<int32_t> targets_ahead(std::span<const int32_t> targets, std::span<const int32_t> ids,
                                   const Segments& segments, size_t ahead);
std::vector<int32_t> rows_ahead(std::span<const int32_t> targets, std::span<const int32_t> ids,
                                const Segments& segments, size_t ahead);
TargetCounts count_targets(std::span<const int32_t> targets, std::span<const int32_t> ids,
                           const Segments& segments, size_t heads);

struct Losses {
  std::vector<Tensor> roots;  // of the tape, [1, 1] each; their sum is what is minimised
  std::map<std::string, double>
      terms;  // unweighted, by name: ce, mtp, z, those of exits.h and decision.h, penalties, reports; empty on meta
  Tensor row_loss;  // [T, 1] cross-entropy of the next token, 0 without a target; absent where a loop halts
  double total() const;  // Σ roots
};

// Element [row, 0] of f32 or f64, and Σ_t values[t] · weights[t] over such columns.
double value_at(const Tensor& x, size_t row);
double weighted_sum(const Tensor& values, const Tensor& weights);

// Runs the model on a micro-batch. targets: the next token of each row, −1 for none, as at every row without a token. Everything returned is this
// micro-batch's share of a step whose counts are `counts`. `labelled`, by rising row, count where the decision head is enabled.
Losses compute_losses(const Decoder& model, Pass& pass, std::span<const int32_t> targets,
                      const TargetCounts& counts, const ObjectiveOptions& options,
                      std::span<const LabelledRow> labelled = {});

}  // namespace bantam
