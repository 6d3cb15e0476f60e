// How long the rest of a run takes: steps by their FLOPs at the rate of the recent ones, and what
// evaluations, samples and checkpoints cost beside them.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <utility>

#include "base/json.h"

namespace bantam {

class TimeEstimate {
 public:
  enum Pause { evaluation, sample, checkpoint };
  static constexpr size_t kPauses = 3;

  // steps: of the run. every: steps between the pauses of each kind; each comes at the end too, whatever the
  // interval, but samples with interval 0 never. flops: of a step.
  TimeEstimate(uint64_t steps, std::array<uint64_t, kPauses> every,
               std::function<double(uint64_t step)> flops);

  void step_took(uint64_t step, double seconds);
  void pause_took(Pause pause, double seconds);

  double flops_per_second() const;  // of recent steps; 0 before the first
  // Seconds from `done` steps to the end; 0 before the first step was timed.
  double remaining(uint64_t done) const;

  // What pauses cost, kept over restarts. Rates of steps are not: the machine may have changed.
  Json state() const;
  void restore(const Json& state);

 private:
  uint64_t pauses_left(Pause pause, uint64_t done) const;

  uint64_t steps_;
  std::array<uint64_t, kPauses> every_;
  std::function<double(uint64_t)> flops_;
  mutable std::pair<uint64_t, double> flops_from_;  // a step, and what it and all later ones take
  double seconds_sum_ = 0, flops_sum_ = 0;          // of recent steps, older ones fading
  uint64_t timed_ = 0;
  std::array<double, kPauses> pause_seconds_{};
};

}  // namespace bantam
