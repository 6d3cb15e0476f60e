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
// plan.json says what to expect. When it ends, model/ holds the result as a Hugging Face folder.
struct TrainOptions {
  std::string from = {};         // RUN@STEP of another run whose weights this one begins with (lineage.h)
  double tokens_per_second = 0;  // where it is known from steps of this model
};
TrainedRun train_run(const RunFolder& run, const TrainOptions& options = {});

// Writes the run's weights as a Hugging Face folder with its tokenizer, a README.md of the records and a picture.
// parent_sha256: of the weights of another run that it began with, if it did.
void save_result(const RunFolder& run, const Decoder& model, const std::filesystem::path& folder,
                 const std::string& parent_sha256 = {});

// The dtype that branches compute in; says so when the machine computes f32 where the recipe has bf16.
Dtype compute_dtype(const TrainRecipe& recipe);

}  // namespace bantam::cli
