// What a step looks like before any data is read: how long its rows are, how fast it learns. Pure functions
// of the step, so that a resumed run goes on as if it had never stopped.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "train/recipe.h"

namespace bantam {

// One entry of a length curriculum: rows of `length` tokens until step `until`.
struct CurriculumEntry {
  uint64_t length, until;
};

// "(256,500)(512,-1)": lengths and the step until which each holds, −1 for the end. Empty: max_seq_len
// throughout. Lengths are capped at max_seq_len, which `capped` reports; equal neighbours become one. usage
// error when the text is not of this form.
std::vector<CurriculumEntry> parse_curriculum(std::string_view text, uint64_t max_seq_len,
                                              bool* capped = nullptr);

// Steps count from 0. A step is tokens_per_batch × grad_accum_steps tokens in grad_accum_steps micro-batches.
class Schedule {
 public:
  explicit Schedule(const TrainRecipe& recipe);  // usage error: tokens_per_batch does not hold whole rows

  uint64_t steps() const { return steps_; }
  uint64_t tokens_per_step() const { return tokens_per_step_; }
  uint64_t tokens_before(uint64_t step) const { return step * tokens_per_step_; }

  uint64_t length(uint64_t step) const;          // of a row
  uint64_t rows_per_batch(uint64_t step) const;  // of a micro-batch
  // Steps [begin, end) with rows of one length, those of a length in one or several; together all steps.
  struct Phase {
    uint64_t length, begin, end;
  };
  std::vector<Phase> phases() const;

  // Linear from lr / warmup_steps up to lr; then
  //   cosine: to min_lr_ratio · lr at the end (Loshchilov & Hutter 2017, arXiv:1608.03983);
  //   wsd: constant, and over the last decay_ratio of the steps 1 − sqrt(progress) down to min_lr_ratio · lr
  //        (Hägele et al. 2024, arXiv:2405.18392).
  double lr(uint64_t step) const;

  // What the schedule does that the recipe's author may not expect; for the plan and the start of a run.
  const std::vector<std::string>& notices() const { return notices_; }

 private:
  TrainRecipe recipe_;
  std::vector<CurriculumEntry> curriculum_;
  uint64_t tokens_per_step_ = 0, steps_ = 0;
  std::vector<std::string> notices_;
};

}  // namespace bantam
