#include "eval/decision_quality.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ops/pick_rows.h"
#include "ops/softmax.h"

namespace bantam {

void DecisionQuality::add(const std::vector<double>& probabilities, size_t label) {
  BANTAM_ASSERT(label < probabilities.size());
  const auto best = std::max_element(probabilities.begin(), probabilities.end());
  const bool right = static_cast<size_t>(best - probabilities.begin()) == label;
  ++rows_;
  right_ += right ? 1 : 0;
  for (size_t c = 0; c < probabilities.size(); ++c)
    brier_ += std::pow(probabilities[c] - (c == label ? 1 : 0), 2);
  if (label >= by_class_.size()) by_class_.resize(label + 1);
  ++by_class_[label];
  // A model that has come apart says NaN: that is no confidence.
  const double confidence = std::isfinite(*best) ? *best : 0;
  const double above = std::ceil(confidence * static_cast<double>(kBins)) - 1;
  ConfidenceBin& bin = bins_[static_cast<size_t>(std::clamp(above, 0.0, static_cast<double>(kBins - 1)))];
  ++bin.rows;
  bin.confidence += confidence;
  bin.right += right ? 1 : 0;
}

void DecisionQuality::add(const Decoder& model, const Batch& batch, const Tensor& hidden) {
  if (batch.labels.empty()) return;
  std::vector<size_t> rows;
  for (const BatchLabel& label : batch.labels) rows.push_back(label.position);
  const Tensor p_PC = softmax_rows(model.decision_logits(pick_rows(hidden, rows)));
  for (size_t i = 0; i < rows.size(); ++i) {
    const float* p = p_PC.mat().row<float>(i);
    add(std::vector<double>(p, p + p_PC.cols()), static_cast<size_t>(batch.labels[i].label));
  }
}

double DecisionQuality::calibration_error() const {
  double error = 0;
  for (const ConfidenceBin& bin : bins_) error += std::abs(bin.confidence - bin.right);
  return mean(error);
}

double DecisionQuality::majority() const {
  return mean(static_cast<double>(*std::max_element(by_class_.begin(), by_class_.end())));
}

void DecisionQuality::write(Json& figures) const {
  figures["valid_decision_rows"] = rows_;
  figures["valid_decision_accuracy"] = accuracy();
  figures["valid_decision_majority"] = majority();
  figures["valid_decision_brier"] = brier();
  figures["valid_decision_ece"] = calibration_error();
  Json bins = Json::array();
  for (const ConfidenceBin& bin : bins_) {
    const double rows = static_cast<double>(bin.rows);
    bins.push_back({{"rows", bin.rows}, {"confidence", nullptr}, {"accuracy", nullptr}});
    if (bin.rows > 0)
      bins.back().update({{"confidence", bin.confidence / rows}, {"accuracy", bin.right / rows}});
  }
  figures["valid_decision_bins"] = bins;
}

}  // namespace bantam
