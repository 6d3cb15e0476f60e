// How fast this machine takes a model's steps, found by taking some.
#pragma once
#include <functional>

#include "data/batches.h"
#include "model/config.h"
#include "tensor/dtype.h"
#include "train/recipe.h"

namespace bantam {

struct RehearsedStep {
  double micro_batch_seconds = 0;  // forward and backward
  double update_seconds = 0;       // norm, clipping, optimizer

  double seconds(const TrainRecipe& recipe) const {
    return micro_batch_seconds * static_cast<double>(recipe.grad_accum_steps) + update_seconds;
  }
};

// Trains a fresh model on the first micro-batch of each of `batch_of_step`'s steps, from `first` on: one to warm up, then
// more for about `seconds` (at least two), whose medians count. Holds the memory that training holds.
RehearsedStep rehearse_step(const ModelConfig& model, Dtype compute, const TrainRecipe& recipe,
                            const std::function<Batch(uint64_t step)>& batch_of_step, uint64_t first,
                            double seconds);

// A step of random tokens in rows of `length`, each row one document that is learnt whole: where there are no texts yet.
Batch random_step(const TrainRecipe& recipe, uint64_t length, int64_t vocab);

}  // namespace bantam
