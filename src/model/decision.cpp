#include "model/decision.h"

#include "ops/classification.h"
#include "ops/pick_rows.h"

namespace bantam {

std::vector<double> inverse_frequency(std::span<const uint64_t> counts, size_t classes) {
  BANTAM_ASSERT(counts.size() <= classes);
  double rows = 0, occurring = 0;
  for (const uint64_t count : counts) rows += static_cast<double>(count), occurring += count > 0 ? 1 : 0;
  std::vector<double> weights(classes, 0);
  for (size_t c = 0; c < counts.size(); ++c)
    if (counts[c] > 0) weights[c] = rows / (occurring * static_cast<double>(counts[c]));
  return weights;
}

namespace {

// [rows.size(), classes]. Any number of rows may be labelled in a step.
Tensor logits_at(const Decoder& model, const Tensor& hidden, std::span<const size_t> rows) {
  const Tensor picked = pick_rows(hidden, rows, filled_rows(rows.size()));
  return first_rows(model.decision_logits(picked), rows.size());
}

}  // namespace

void add_decision_losses(const Decoder& model, const Tensor& hidden, std::span<const LabelledRow> labelled,
                         const TargetCounts& counts, const ObjectiveOptions& options, Losses& losses) {
  if (labelled.empty()) return;
  BANTAM_ASSERT(counts.labelled >= labelled.size());
  const double share = 1.0 / static_cast<double>(counts.labelled);
  std::vector<size_t> rows;
  std::vector<int32_t> labels;
  std::vector<double> weights, shares;
  for (const auto& [row, label] : labelled) {
    rows.push_back(row);
    labels.push_back(label);
    require(label >= 0 && label < model.config().heads.decision->classes, ErrorCode::invalid,
            "decision: a row has the class {}; the head's are below {}", label,
            model.config().heads.decision->classes);
    shares.push_back(share *
                     (options.class_weights.empty() ? 1 : options.class_weights[static_cast<size_t>(label)]));
    weights.push_back(options.decision_weight * shares.back());
  }
  const Classification result =
      classification(logits_at(model, hidden, rows), labels, weights, options.calibration_weight * share);
  losses.roots.push_back(result.loss);
  if (hidden.device() == Device::meta) return;
  for (size_t i = 0; i < rows.size(); ++i) {
    losses.terms["decision"] += shares[i] * value_at(result.row_cross_entropy, i);
    losses.terms["calibration"] += share * value_at(result.row_brier, i);
  }
}

}  // namespace bantam
