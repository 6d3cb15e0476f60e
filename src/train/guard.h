// Whether a step is learnt from. Steps whose loss or gradient is not finite never are; steps whose loss
// stands far above the recent ones are skipped a few times in a row at most, then taken for the new level.
// Decisions depend on the losses alone, so a resumed run decides as an uninterrupted one.
#pragma once
#include <cstdint>
#include <string>

#include "base/json.h"
#include "train/recipe.h"

namespace bantam {

class StepGuard {
 public:
  StepGuard(SpikeSkip spikes, int64_t max_bad_steps) : spikes_(spikes), max_bad_steps_(max_bad_steps) {}

  // Empty to learn from the step, else why not. invalid: max_bad_steps in a row were not finite.
  std::string judge(uint64_t step, double loss, double gradient_norm, const std::string& batch_name);

  uint64_t skipped() const { return skipped_; }
  Json state() const;
  void restore(const Json& state);

 private:
  SpikeSkip spikes_;
  int64_t max_bad_steps_;
  // Exponentially weighted mean and variance of the losses learnt from, and how many they were.
  double mean_ = 0, variance_ = 0;
  uint64_t observed_ = 0, skipped_ = 0;
  int64_t bad_in_row_ = 0, spikes_in_row_ = 0;
};

}  // namespace bantam
