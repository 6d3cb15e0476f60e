// Training in a run folder, as `bantam train` and the quickstart do it.
#pragma once
#include <memory>

#include "cli/run_folder.h"
#include "model/decoder.h"
#include "train/loop.h"

namespace bantam::cli {

struct TrainedRun {
  std::unique_ptr<Decoder> model;
  TrainingResult result;
};

// Trains `run` to its end, from its newest checkpoint if it has one, with evaluations (bits per byte of the valid split)
// and samples as the recipe asks; events.out.tfevents.* show TensorBoard what log.jsonl holds. Before its first step
// plan.json says what to expect, at the rate of tokens_per_second where that is known. When it ends, model/ holds the
// result as a Hugging Face folder.
TrainedRun train_run(const RunFolder& run, double tokens_per_second = 0);

// Writes the run's weights as a Hugging Face folder with its tokenizer, a README.md of the records and a picture.
void save_result(const RunFolder& run, const Decoder& model, const std::filesystem::path& folder);

// The dtype that branches compute in; says so when the machine computes f32 where the recipe has bf16.
Dtype compute_dtype(const TrainRecipe& recipe);

}  // namespace bantam::cli
