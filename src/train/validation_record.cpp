#include "train/validation_record.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace bantam {

bool ValidationRecord::add(uint64_t step, double loss) {
  const bool finite = std::isfinite(loss);
  const bool better = finite && (!any_ || loss < reference_ - stop_.min_improvement);
  since_ = better ? 0 : since_ + 1;
  if (better) reference_ = loss;
  any_ = any_ || finite;
  if (!finite) return false;
  best_.emplace_back(loss, step);
  std::sort(best_.begin(), best_.end());
  if (best_.size() > keep_best_) best_.resize(keep_best_);
  return std::find(best_.begin(), best_.end(), std::pair(loss, step)) != best_.end();
}

std::vector<uint64_t> ValidationRecord::best_steps() const {
  std::vector<uint64_t> steps;
  for (const auto& [loss, step] : best_) steps.push_back(step);
  return steps;
}

Json ValidationRecord::state() const {
  Json best = Json::array();
  for (const auto& [loss, step] : best_) best.push_back({{"step", step}, {"loss", loss}});
  return {{"best", best}, {"any", any_}, {"reference", reference_}, {"since", since_}};
}

void ValidationRecord::restore(const Json& state) {
  best_.clear();
  for (const Json& entry : state.at("best"))
    best_.emplace_back(entry.at("loss").get<double>(), entry.at("step").get<uint64_t>());
  if (best_.size() > keep_best_) best_.resize(keep_best_);
  state.at("any").get_to(any_);
  state.at("reference").get_to(reference_);
  state.at("since").get_to(since_);
}

}  // namespace bantam
