// How well the decision head tells classes, and how far its probabilities can be believed: expected calibration error over
// bins of confidence, whose contents are a reliability diagram (Guo et al. 2017, "On calibration of modern neural networks",
// arXiv:1706.04599, eq. 3).
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "base/json.h"
#include "data/batches.h"
#include "model/decoder.h"

namespace bantam {

// Bin m of M holds the rows whose confidence, the highest probability, lies in (m/M, (m+1)/M].
struct ConfidenceBin {
  uint64_t rows = 0;
  double confidence = 0, right = 0;  // sums over its rows
};

class DecisionQuality {
 public:
  static constexpr size_t kBins = 15;

  // One judged row: the head's probabilities and the class that it has.
  void add(const std::vector<double>& probabilities, size_t label);
  // The labelled rows of a batch, whose hidden states of the last read-out are `hidden`. The model has a decision head.
  void add(const Decoder& model, const Batch& batch, const Tensor& hidden);

  uint64_t rows() const { return rows_; }
  // Means over the rows, of which there is one at least.
  double accuracy() const { return mean(right_); }
  double brier() const { return mean(brier_); }
  double calibration_error() const;  // Σ_m rows_m / rows · |mean confidence − share right|
  double majority() const;           // accuracy of always naming these rows' most frequent class
  const std::array<ConfidenceBin, kBins>& bins() const { return bins_; }

  // valid_decision_{rows, accuracy, majority, brier, ece} and valid_decision_bins, a list of {rows, confidence, accuracy},
  // means null where a bin is empty.
  void write(Json& figures) const;

 private:
  double mean(double sum) const { return sum / static_cast<double>(rows_); }

  uint64_t rows_ = 0;
  double right_ = 0, brier_ = 0;
  std::vector<uint64_t> by_class_;
  std::array<ConfidenceBin, kBins> bins_;
};

}  // namespace bantam
