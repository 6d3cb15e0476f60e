#include "train/guard.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {
namespace {

constexpr double kForget = 0.02;        // weight of the newest loss: some fifty steps are remembered
constexpr uint64_t kFirstJudged = 50;   // losses seen before any is called a spike
constexpr double kLeastSpread = 0.001;  // of the mean: a flat curve makes no spikes of noise

// fmt shows the sign that a NaN happens to have.
std::string shown(double value) { return std::isnan(value) ? "nan" : fmt::format("{}", value); }

}  // namespace

std::string StepGuard::judge(uint64_t step, double loss, double gradient_norm,
                             const std::string& batch_name) {
  if (!std::isfinite(loss) || !std::isfinite(gradient_norm)) {
    ++skipped_;
    ++bad_in_row_;
    require(bad_in_row_ < max_bad_steps_, ErrorCode::invalid,
            "step {}: loss {} and gradient norm {} after {} such steps in a row (batch {}); the last "
            "checkpoint is as it was. Lower train.lr or look at the data",
            step + 1, shown(loss), shown(gradient_norm), bad_in_row_, batch_name);
    return fmt::format("loss {}, gradient norm {}", shown(loss), shown(gradient_norm));
  }
  bad_in_row_ = 0;
  const double spread = std::max(std::sqrt(variance_), kLeastSpread * std::abs(mean_));
  const double z = spread > 0 ? (loss - mean_) / spread : 0;
  const bool spike = spikes_.z > 0 && observed_ >= kFirstJudged && z > spikes_.z;
  if (spike && spikes_in_row_ < spikes_.max) {
    ++skipped_;
    ++spikes_in_row_;
    return fmt::format("loss {:.4f} is {:.1f} standard deviations above the running mean {:.4f}", loss, z,
                       mean_);
  }
  if (spike) observed_ = 0;  // no spike but where the loss now is: begin to observe anew
  spikes_in_row_ = 0;
  const double weight = std::max(kForget, 1 / static_cast<double>(++observed_));
  const double off = loss - mean_;
  mean_ += weight * off;
  variance_ = (1 - weight) * (variance_ + weight * off * off);
  return "";
}

Json StepGuard::state() const {
  return {{"mean", mean_},       {"variance", variance_},     {"observed", observed_},
          {"skipped", skipped_}, {"bad_in_row", bad_in_row_}, {"spikes_in_row", spikes_in_row_}};
}

void StepGuard::restore(const Json& state) {
  state.at("mean").get_to(mean_);
  state.at("variance").get_to(variance_);
  state.at("observed").get_to(observed_);
  state.at("skipped").get_to(skipped_);
  state.at("bad_in_row").get_to(bad_in_row_);
  state.at("spikes_in_row").get_to(spikes_in_row_);
}

}  // namespace bantam
