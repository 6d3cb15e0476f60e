// The training loop of one run folder: resume, steps, guards, evaluations, checkpoints, log and progress
// line.
//
// Law: the weights after a step are a function of recipe, model, data and build; not of threads, neighbours,
// interrupts or kills. So everything that a step depends on is either recomputed from the step's number or in
// the checkpoint.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/json.h"
#include "train/learner.h"
#include "train/recipe.h"

namespace bantam {

// What happens beside the steps; each may be empty. `step` counts the steps done.
struct TrainingHooks {
  std::function<void()> begin;  // once, when the run may start or go on
  // An object of figures for the log; numbers are shown as well. keep_best and early_stop go by "valid_loss".
  std::function<Json(uint64_t step)> evaluate;
  std::function<Json(uint64_t step)> sample;  // samples for the log
  // Puts other weights into the learner where the run begins with another's, and returns the lineage for state.json: an object
  // with "from" and "weights_sha256".
  std::function<Json()> inherit;
  std::function<void(bool rests)> pause;  // a pause (base/pause.h) begins, ends
  // Beside log.jsonl, for whoever watches the run.
  std::function<void(const Json& line)> watch;
};

struct TrainingSetup {
  std::filesystem::path run;  // the run folder; checkpoints/ and log.jsonl are made in it
  TrainRecipe recipe;
  // A JSON object: what must stay the same from start to end beside the recipe: model, tokenizer, data.
  // Compared on resume, key by key; the recipe stands in it as "train".
  std::string identity = "{}";
  TrainingHooks hooks = {};
  std::string from = {};             // what hooks.inherit goes by, as given; must not differ on resume
  double gemm_flops_per_second = 0;  // of this machine, for the MFU; 0: not known
};

struct TrainingResult {
  bool interrupted = false;  // by SIGINT or SIGTERM; the state is saved
  uint64_t step = 0;
  bool stopped_early = false;  // by early_stop
  uint64_t result_step = 0;    // of the learner's weights: the best checkpoint's where keep_best asks for one
  std::string parent_sha256 = {};  // of the weights that the run began with, if they were another's
  double smoothed_loss = 0;
  double seconds = 0;  // of training, over all resumes
  uint64_t skipped = 0;
};

// Trains until the schedule's last step, early_stop, or until interrupted. Unless interrupted, leaves the learner with the
// weights that the run stands for: the average's with train.ema, the best checkpoint's with train.keep_best. If the folder
// holds a checkpoint, goes on from it. usage: the recipe or `identity` differs from the checkpoint's in more than target_tokens, the
// schedule's tail and the intervals; all such keys are named.
TrainingResult train(Learner& learner, const TrainingSetup& setup);

// Bytes of memory that this process holds now.
uint64_t resident_bytes();

}  // namespace bantam
