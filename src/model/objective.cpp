#include "model/objective.h"

#include <algorithm>
#include <cmath>

#include "model/decision.h"
#include "model/exits.h"
#include "ops/cosine_distance.h"
#include "ops/cross_entropy.h"
#include "tensor/copy.h"

namespace bantam {
namespace {

Dtype statistics_dtype(Device device) { return device == Device::reference ? Dtype::f64 : Dtype::f32; }

// [T, 1]: `value` where there is a target, 0 elsewhere.
Tensor row_weights(std::span<const int32_t> targets, double value, Device device) {
  Output out(targets.size(), 1, statistics_dtype(device), device);
  if (device != Device::meta) {
    std::vector<double> values(targets.size());
    for (size_t t = 0; t < targets.size(); ++t) values[t] = targets[t] >= 0 ? value : 0;
    copy(device, ConstMat(values.data(), values.size(), 1, 1, Dtype::f64), out.mat());
  }
  return constant("weights of the rows", std::move(out));
}

// Adds one head's cross-entropy; returns Σ weights · ce.
double add_head(const Tensor& hidden, Weight& head, std::span<const int32_t> targets, const Tensor& weights,
                double z_weight, Losses& losses, Tensor* row_loss = nullptr) {
  const CrossEntropy result = cross_entropy(hidden, head, targets, weights, static_cast<float>(z_weight));
  losses.roots.push_back(result.loss);
  if (row_loss != nullptr) *row_loss = result.row_loss;
  if (hidden.device() == Device::meta) return 0;
  const double ce = weighted_sum(result.row_loss, weights);
  for (size_t t = 0; t < targets.size() && z_weight > 0; ++t)
    losses.terms["z"] += value_at(weights, t) * std::pow(value_at(result.row_log_z, t), 2);
  return ce;
}

// How many of the distances `first` … `last` occur in the step: the mean of their losses is taken.
size_t that_occur(const std::vector<uint64_t>& counts, size_t first, size_t last) {
  size_t heads = 0;
  for (size_t ahead = first; ahead <= last; ++ahead) heads += counts[ahead - 1] > 0 ? 1 : 0;
  return heads;
}

// The hidden state expected `ahead` tokens on, against the one that came, where that token counts.
void add_jepa(const Decoder& model, const Pass& pass, std::span<const int32_t> targets,
              const TargetCounts& counts, const Tensor& hidden, Losses& losses) {
  const JepaConfig& jepa = *model.config().heads.jepa;
  const size_t horizon = static_cast<size_t>(jepa.horizon), terms = that_occur(counts.states, 1, horizon);
  Tensor expected = hidden;
  for (size_t ahead = 1; ahead <= horizon; ++ahead) {
    expected = model.predicted_hidden(expected, ahead - 1);
    const std::vector<int32_t> rows = rows_ahead(targets, pass.token_ids(), pass.segments(), ahead);
    const uint64_t count = counts.states[ahead - 1];
    const double mean = count > 0 ? 1.0 / (static_cast<double>(count) * static_cast<double>(terms)) : 0;
    const Tensor root = cosine_distance(expected, hidden, rows, jepa.weight * mean);
    losses.roots.push_back(root);
    if (pass.device() != Device::meta && jepa.weight > 0)
      losses.terms["jepa"] += value_at(root, 0) / jepa.weight;
  }
}

}  // namespace

double value_at(const Tensor& x, size_t row) {
  return x.dtype() == Dtype::f64 ? *x.mat().row<double>(row) : static_cast<double>(*x.mat().row<float>(row));
}

double weighted_sum(const Tensor& values, const Tensor& weights) {
  double sum = 0;
  for (size_t t = 0; t < values.rows(); ++t) sum += value_at(values, t) * value_at(weights, t);
  return sum;
}

std::vector<int32_t> targets_ahead(std::span<const int32_t> targets, std::span<const int32_t> ids,
                                   const Segments& segments, size_t ahead) {
  BANTAM_ASSERT(ids.size() == targets.size());
  std::vector<int32_t> shifted(targets.size(), -1);
  for (const auto& [start, length] : segments)
    for (size_t i = 0; i + ahead - 1 < length; ++i)
      if (ids[start + i] >= 0) shifted[start + i] = targets[start + i + ahead - 1];
  return shifted;
}

std::vector<int32_t> rows_ahead(std::span<const int32_t> targets, std::span<const int32_t> ids,
                                const Segments& segments, size_t ahead) {
  std::vector<int32_t> rows(targets.size(), -1);
  for (const auto& [start, length] : segments)
    for (size_t i = start; i + ahead < start + length; ++i)
      if (ids[i] >= 0 && targets[i + ahead - 1] >= 0) rows[i] = static_cast<int32_t>(i + ahead);
  return rows;
}

TargetCounts& TargetCounts::operator+=(const TargetCounts& other) {
  const auto add = [](std::vector<uint64_t>& to, const std::vector<uint64_t>& more) {
    to.resize(std::max(to.size(), more.size()));
    for (size_t i = 0; i < more.size(); ++i) to[i] += more[i];
  };
  add(targets, other.targets);
  add(states, other.states);
  labelled += other.labelled;
  return *this;
}

TargetCounts count_targets(std::span<const int32_t> targets, std::span<const int32_t> ids,
                           const Segments& segments, size_t heads) {
  const auto count = [](const std::vector<int32_t>& found) {
    return static_cast<uint64_t>(std::ranges::count_if(found, [](int32_t value) { return value >= 0; }));
  };
  TargetCounts counts;
  for (size_t ahead = 1; ahead <= heads; ++ahead) {
    counts.targets.push_back(count(targets_ahead(targets, ids, segments, ahead)));
    counts.states.push_back(count(rows_ahead(targets, ids, segments, ahead)));
  }
  return counts;
}

double Losses::total() const {
  double sum = 0;
  for (const Tensor& root : roots) sum += value_at(root, 0);
  return sum;
}

Losses compute_losses(const Decoder& model, Pass& pass, std::span<const int32_t> targets,
                      const TargetCounts& counts, const ObjectiveOptions& options,
                      std::span<const LabelledRow> labelled) {
  Losses losses;
  pass.share =
      counts.targets[0] > 0
          ? static_cast<double>(count_targets(targets, pass.token_ids(), pass.segments(), 1).targets[0]) /
                static_cast<double>(counts.targets[0])
          : 0;
  const std::vector<ReadOut> outs = model.read_outs(pass);
  Weight& head = model.output_projection();
  const double share = counts.targets[0] > 0 ? 1.0 / static_cast<double>(counts.targets[0]) : 0;
  const Tensor even = row_weights(targets, share, pass.device());

  if (outs.size() == 1) {
    losses.terms["ce"] =
        add_head(outs[0].hidden, head, targets, even, options.z_weight, losses, &losses.row_loss);
  } else {
    add_exit_losses(model, outs, targets, even, options.z_weight, losses);
    if (model.config().loop.halt->objective == HaltObjective::gain) return losses;  // nothing else learns
  }

  const size_t k = static_cast<size_t>(model.config().heads.mtp.k), heads = that_occur(counts.targets, 2, k);
  for (size_t ahead = 2; ahead <= k; ++ahead) {
    const std::vector<int32_t> later = targets_ahead(targets, pass.token_ids(), pass.segments(), ahead);
    const uint64_t count = counts.targets[ahead - 1];
    const double mean = count > 0 ? 1.0 / (static_cast<double>(count) * static_cast<double>(heads)) : 0;
    const Tensor weights = row_weights(later, options.mtp_weight * mean, pass.device());
    const double ce =
        add_head(model.ahead_hidden(outs.back().hidden, ahead), head, later, weights, 0, losses);
    const double share_of_mean = options.mtp_weight > 0 ? ce / options.mtp_weight : 0;
    losses.terms["mtp"] += share_of_mean;
    if (k > 2)
      losses.terms["mtp_ahead." + std::to_string(ahead)] = share_of_mean * static_cast<double>(heads);
  }

  if (model.config().heads.jepa) add_jepa(model, pass, targets, counts, outs.back().hidden, losses);

  if (const auto& decision = model.config().heads.decision; decision && decision->enabled)
    add_decision_losses(model, outs.back().hidden, labelled, counts, options, losses);

  for (const auto& [name, root, weight] : pass.penalties()) {
    losses.roots.push_back(root);
    if (pass.device() != Device::meta) losses.terms[name] += value_at(root, 0) / weight;
  }
  if (pass.device() != Device::meta)
    for (const auto& [name, value] : pass.reports()) losses.terms[name] += value;
  return losses;
}

}  // namespace bantam
