// What the evaluations of a run said: which of its checkpoints are best, and whether it still gets better. Decisions depend on
// the losses alone, so a resumed run decides as an uninterrupted one.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "base/json.h"
#include "train/recipe.h"

namespace bantam {

class ValidationRecord {
 public:
  ValidationRecord(int64_t keep_best, EarlyStop stop)
      : keep_best_(static_cast<size_t>(keep_best)), stop_(stop) {}

  // The loss of an evaluation after `step` steps. Whether it is among the keep_best lowest so far; the earlier of two
  // equal ones counts as lower, and what is not finite never counts.
  bool add(uint64_t step, double loss);
  // Whether the last early_stop.evaluations of them brought nothing better by min_improvement than what was best before.
  bool stalled() const { return stop_.evaluations > 0 && since_ >= stop_.evaluations; }

  // Steps and losses, the lowest first.
  const std::vector<std::pair<double, uint64_t>>& best() const { return best_; }
  std::vector<uint64_t> best_steps() const;

  Json state() const;
  void restore(const Json& state);

 private:
  size_t keep_best_;
  EarlyStop stop_;
  std::vector<std::pair<double, uint64_t>> best_;
  bool any_ = false;
  double reference_ = 0;  // the loss that is to be bettered
  int64_t since_ = 0;     // evaluations since it was reached
};

}  // namespace bantam
