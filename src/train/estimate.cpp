#include "train/estimate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bantam {
namespace {

constexpr double kShortest = 50;  // steps that a rate is an average over, at least
constexpr double kOfTheRun =
    0.5;  // and otherwise of the steps so far: machines are busy for minutes, not for steps
constexpr double kPauseWeight = 0.5;  // of the newest pause of a kind

}  // namespace

TimeEstimate::TimeEstimate(uint64_t steps, std::array<uint64_t, kPauses> every,
                           std::function<double(uint64_t)> flops)
    : steps_(steps), every_(every), flops_(std::move(flops)), flops_from_(steps, 0) {}

void TimeEstimate::step_took(uint64_t step, double seconds) {
  if (timed_++ == 1) seconds_sum_ = flops_sum_ = 0;  // the first step also fetched its memory from the system
  const double kept = 1 - 1 / std::max(kShortest, kOfTheRun * static_cast<double>(timed_));
  seconds_sum_ = kept * seconds_sum_ + seconds;
  flops_sum_ = kept * flops_sum_ + flops_(step);
}

void TimeEstimate::pause_took(Pause pause, double seconds) {
  double& known = pause_seconds_[pause];
  known = known == 0 ? seconds : known + kPauseWeight * (seconds - known);
}

double TimeEstimate::flops_per_second() const { return seconds_sum_ > 0 ? flops_sum_ / seconds_sum_ : 0; }

uint64_t TimeEstimate::pauses_left(Pause pause, uint64_t done) const {
  const uint64_t every = every_[pause];
  if (every == 0) return pause != sample && done < steps_ ? 1 : 0;
  const uint64_t regular = steps_ / every - done / every;
  const bool last_is_extra = steps_ % every != 0 && done < steps_;
  return regular + (last_is_extra ? 1 : 0);
}

double TimeEstimate::remaining(uint64_t done) const {
  if (flops_sum_ <= 0) return 0;
  auto& [from, flops] = flops_from_;
  while (from > done) flops += flops_(--from);
  while (from < done) flops -= flops_(from++);
  double seconds = flops / flops_per_second();
  for (const Pause pause : {evaluation, sample, checkpoint})
    seconds += static_cast<double>(pauses_left(pause, done)) * pause_seconds_[pause];
  return seconds;
}

Json TimeEstimate::state() const {
  return Json::array({pause_seconds_[0], pause_seconds_[1], pause_seconds_[2]});
}

void TimeEstimate::restore(const Json& state) {
  for (size_t i = 0; i < kPauses; ++i) pause_seconds_[i] = state.at(i).get<double>();
}

}  // namespace bantam
