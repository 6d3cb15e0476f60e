#include "infer/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace bantam {
namespace {

constexpr double kDropped = -std::numeric_limits<double>::infinity();

// Whether token a comes before token b by `value`: larger first, then the lower id.
auto descending(const std::vector<double>& value) {
  return [&value](int32_t a, int32_t b) {
    const double x = value[static_cast<size_t>(a)], y = value[static_cast<size_t>(b)];
    return x != y ? x > y : a < b;
  };
}

}  // namespace

std::vector<std::string> names(const TopPRule*) { return {"keep_crossing", "drop_crossing"}; }

Schema schema(const SamplingSettings*) {
  using C = SamplingSettings;
  return describe<C>(
      "How the next token is chosen.",
      field<&C::temperature>("Flattens (above 1) or sharpens the distribution; 0 takes the likeliest token. "
                             "The commands take 0.7 where neither a flag nor the model says.",
                             range(0, 100)),
      field<&C::top_k>("Only the k likeliest tokens, ties with the last kept; 0 or -1 is all.",
                       range(-1, 1 << 20)),
      field<&C::top_p>("Only the likeliest tokens that together reach this probability.", at_least(0)),
      field<&C::top_p_rule>("Whether the token that crosses top_p stays."),
      field<&C::min_p>("Only tokens at least this likely, relative to the likeliest.", range(0, 1)),
      field<&C::repetition_penalty>(
          "Divides positive logits of tokens seen before and multiplies negative ones.", range(1e-3, 1e3)),
      field<&C::repetition_window>("Tokens of prompt and output that the penalty looks back on; 0 is all.",
                                   range(0, 1 << 30)),
      field<&C::seed>("Of the draws; the same seed gives the same text."),
      rule<C>([](const C& c) { return c.repetition_window == 0 || c.repetition_window >= 256; },
              "repetition_window: is below 256, wanted 0 (all) or at least 256"));
}

void Sampler::penalise(std::span<const int32_t> history, const SamplingSettings& settings) {
  const double penalty = settings.repetition_penalty;
  if (penalty == 1) return;
  const size_t window =
      settings.repetition_window == 0 ? history.size() : static_cast<size_t>(settings.repetition_window);
  if (history.size() > window) history = history.last(window);
  seen_.assign(scores_.size(), false);
  for (const int32_t id : history) {
    const size_t i = static_cast<size_t>(id);
    if (id < 0 || i >= scores_.size() || seen_[i]) continue;  // a position without a token
    seen_[i] = true;
    scores_[i] = scores_[i] > 0 ? scores_[i] / penalty : scores_[i] * penalty;
  }
}

std::optional<int32_t> Sampler::largest() const {
  const auto found = std::max_element(scores_.begin(), scores_.end());  // the first of equals
  if (found == scores_.end() || *found == kDropped) return {};
  return static_cast<int32_t>(found - scores_.begin());
}

void Sampler::keep_top_k(size_t k) {
  if (k >= scores_.size()) return;
  weights_ = scores_;
  std::nth_element(weights_.begin(), weights_.begin() + static_cast<ptrdiff_t>(k - 1), weights_.end(),
                   std::greater<>());
  const double last = weights_[k - 1];
  for (double& score : scores_)
    if (score < last) score = kDropped;
}

// Sorts only as much of the vocabulary as the bound takes in.
void Sampler::keep_top_p(double bound, TopPRule rule) {
  order_.clear();
  for (size_t i = 0; i < weights_.size(); ++i)
    if (weights_[i] > 0) order_.push_back(static_cast<int32_t>(i));
  const double limit = bound * std::accumulate(weights_.begin(), weights_.end(), 0.0);
  const auto before = descending(weights_);
  size_t kept = 0, sorted = 0;
  double sum = 0;
  for (bool open = true; open && kept < order_.size();) {
    if (kept == sorted) {
      const size_t more = std::min(order_.size(), std::max<size_t>(128, sorted * 8));
      const auto begin = order_.begin() + static_cast<ptrdiff_t>(sorted),
                 end = order_.begin() + static_cast<ptrdiff_t>(more);
      std::partial_sort(begin, end, order_.end(), before);
      sorted = more;
    }
    const double weight = weights_[static_cast<size_t>(order_[kept])];
    const double reached = rule == TopPRule::keep_crossing ? sum : sum + weight;
    open = kept == 0 || (rule == TopPRule::keep_crossing ? reached < limit : reached <= limit);
    if (!open) break;
    sum += weight;
    ++kept;
  }
  for (size_t i = kept; i < order_.size(); ++i) weights_[static_cast<size_t>(order_[i])] = 0;
}

std::span<const double> Sampler::probabilities(std::span<const float> logits,
                                               std::span<const int32_t> history,
                                               const SamplingSettings& settings) {
  fell_back_ = false;
  scores_.assign(logits.begin(), logits.end());
  for (double& score : scores_)
    if (!std::isfinite(score)) score = kDropped, fell_back_ = true;
  penalise(history, settings);
  const std::optional<int32_t> best = largest();
  require(best.has_value(), ErrorCode::invalid,
          "sampling: none of the {} logits is a finite number; the model's weights are damaged or its "
          "training diverged",
          logits.size());
  if (fell_back_ || settings.temperature == 0) {
    weights_.assign(scores_.size(), 0);
    weights_[static_cast<size_t>(*best)] = 1;
    return weights_;
  }

  if (settings.top_k > 0) keep_top_k(static_cast<size_t>(settings.top_k));
  const double top = scores_[static_cast<size_t>(*best)];
  weights_.resize(scores_.size());
  for (size_t i = 0; i < scores_.size(); ++i)
    weights_[i] = scores_[i] == kDropped ? 0 : std::exp((scores_[i] - top) / settings.temperature);
  const bool drops = settings.top_p_rule == TopPRule::drop_crossing;
  if (settings.top_p < 1 && !(drops && settings.top_p <= 0)) keep_top_p(settings.top_p, settings.top_p_rule);
  double sum = 0;
  for (double& weight : weights_) {
    if (weight < settings.min_p) weight = 0;  // the likeliest token's is 1
    sum += weight;
  }
  for (double& weight : weights_) weight /= sum;
  return weights_;
}

Choice Sampler::choose(std::span<const float> logits, std::span<const int32_t> history,
                       const SamplingSettings& settings, uint64_t position) {
  const std::span<const double> p = probabilities(logits, history, settings);
  const double bound = RandomStream(settings.seed.value_or(0), "sampling").uniform(position);
  double sum = 0;
  int32_t token = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    if (p[i] == 0) continue;
    token = static_cast<int32_t>(i);  // the last one stands in for what rounding leaves below 1
    sum += p[i];
    if (bound < sum) break;
  }
  return {token, fell_back_};
}

}  // namespace bantam
