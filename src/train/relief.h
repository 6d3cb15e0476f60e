// What a run could change to take less memory, and what it would take then. Law: nothing here is a formula; every change is
// tried, the step run on shapes alone (train/decoder_learner.h).
#pragma once
#include <string>
#include <vector>

#include "model/config.h"
#include "tensor/dtype.h"
#include "train/recipe.h"

namespace bantam {

struct Relief {
  std::string settings;  // as in a recipe: "train.optimizer: adamw_8bit"
  std::string price;     // what else they change
  TrainRecipe recipe;    // with them
  double bytes = 0;      // of weights, gradients, moments and activations
};

// The lengths of rows that the run's steps have, ascending.
std::vector<uint64_t> row_lengths(const TrainRecipe& recipe);

// Most that a step takes, whatever its rows' length.
double step_memory(const ModelConfig& model, Dtype compute, const TrainRecipe& recipe);

// Every change alone that saves memory, the one that costs the least first, and at the end all of them together where there
// are several. A smaller micro-batch is the largest with which the step takes at most `bytes`, or else the smallest.
std::vector<Relief> reliefs(const ModelConfig& model, Dtype compute, const TrainRecipe& recipe, double bytes);

}  // namespace bantam
