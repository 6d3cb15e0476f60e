#include "model/exits.h"

#include <fmt/format.h>

#include <cmath>

#include "ops/cross_entropy.h"
#include "ops/halting.h"
#include "ops/side_by_side.h"

namespace bantam {
namespace {

std::vector<double> log_prior(const HaltConfig& halt, size_t steps) {
  std::vector<double> logs(steps, 0.0);
  if (halt.objective != HaltObjective::geometric) return logs;
  for (size_t r = 0; r < steps; ++r)
    logs[r] =
        static_cast<double>(r) * std::log1p(-halt.lambda_p) + (r + 1 < steps ? std::log(halt.lambda_p) : 0);
  return logs;
}

// What a log shows of the exits.
void watch(const Tensor& p, const std::vector<Tensor>& row_losses, const Tensor& even, Losses& losses) {
  const size_t steps = row_losses.size();
  for (size_t r = 0; r < steps; ++r) {
    const Tensor share = exit_weights(p.detached().columns(r, 1), even, 0);
    losses.terms["ce"] += weighted_sum(row_losses[r], share);
    losses.terms[fmt::format("ce_exit.{}", r)] += weighted_sum(row_losses[r], even);
    const double mean = weighted_sum(p.columns(r, 1), even);
    losses.terms[fmt::format("exit_share.{}", r)] += mean;
    losses.terms["mean_depth"] += static_cast<double>(r + 1) * mean;
  }
  const std::vector<double> even_prior(steps, 0.0);
  losses.terms["halt_entropy"] -= value_at(exit_divergence(p.detached(), even, even_prior, 1), 0);
}

}  // namespace

void add_exit_losses(const Decoder& model, const std::vector<ReadOut>& outs, std::span<const int32_t> targets,
                     const Tensor& even, double z_weight, Losses& losses) {
  const HaltConfig& halt = *model.config().loop.halt;
  const bool gain = halt.objective == HaltObjective::gain, meta = even.device() == Device::meta;
  std::vector<Tensor> logits, row_losses;
  for (size_t r = 0; r + 1 < outs.size(); ++r) logits.push_back(outs[r].halt_logit);
  const Tensor z = side_by_side(logits), p = exit_distribution(z);
  const Tensor weights = exit_weights(p, even, halt.floor_share);
  for (size_t r = 0; r < outs.size(); ++r) {
    const Tensor share = gain ? even : weights.columns(r, 1);
    // The gain is a target and nothing to learn: its cross-entropy goes no way back.
    const Tensor hidden = gain ? outs[r].hidden.detached() : outs[r].hidden;
    const CrossEntropy result = cross_entropy(hidden, model.output_projection(), targets, share,
                                              gain ? 0 : static_cast<float>(z_weight));
    row_losses.push_back(result.row_loss);
    if (gain) continue;
    losses.roots.push_back(result.loss);
    if (z_weight > 0 && !meta)
      losses.terms["z"] += (value_at(result.loss, 0) - weighted_sum(result.row_loss, share)) / z_weight;
  }
  if (gain) {
    losses.roots.push_back(
        gain_loss(z, side_by_side(row_losses), even, halt.gain_slope, halt.gain_threshold));
    if (!meta) losses.terms["halt_gain"] += value_at(losses.roots.back(), 0);
  } else if (halt.entropy_weight > 0) {
    losses.roots.push_back(exit_divergence(p, even, log_prior(halt, outs.size()), halt.entropy_weight));
    if (!meta && halt.objective == HaltObjective::geometric)
      losses.terms["halt_prior"] += value_at(losses.roots.back(), 0) / halt.entropy_weight;
  }
  if (!meta) watch(p, row_losses, even, losses);
}

}  // namespace bantam
