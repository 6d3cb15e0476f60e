// How fast this machine takes a model's steps, found by taking some.
#pragma once
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

// Trains a fresh model on random tokens in rows of `length`: one micro-batch to warm up, then more for about `seconds`
// (at least one), the quickest of which counts. Holds the memory that training holds.
RehearsedStep rehearse_step(const ModelConfig& model, Dtype compute, const TrainRecipe& recipe,
                            uint64_t length, double seconds);

}  // namespace bantam
