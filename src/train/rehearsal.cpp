#include "train/rehearsal.h"

#include <vector>

#include "base/median.h"
#include "base/progress.h"
#include "base/random.h"
#include "tensor/tape.h"
#include "train/decoder_learner.h"
#include "train/optimizer.h"

namespace bantam {

Batch random_step(const TrainRecipe& recipe, uint64_t length, int64_t vocab) {
  Batch batch{.rows = recipe.tokens_per_batch * recipe.grad_accum_steps / length, .length = length};
  const RandomStream random(recipe.seed, "rehearsal");
  for (size_t i = 0; i < batch.rows * length; ++i) {
    batch.tokens.push_back(static_cast<int32_t>(random.below(i, static_cast<uint64_t>(vocab))));
    batch.targets.push_back(static_cast<int32_t>(random.below(i + 1, static_cast<uint64_t>(vocab))));
    batch.positions.push_back(static_cast<int32_t>(i % length));
  }
  for (size_t row = 0; row < batch.rows; ++row) batch.segments.push_back({row * length, length});
  return batch;
}

RehearsedStep rehearse_step(const ModelConfig& config, Dtype compute, const TrainRecipe& recipe,
                            const std::function<Batch(uint64_t step)>& batch_of_step, uint64_t first,
                            double seconds) {
  Decoder model(config, Device::cpu, compute);
  model.initialise(recipe.seed);
  DecoderLearner learner(model, recipe, batch_of_step);
  AdamW optimizer(learner.weights(), optimizer_options(recipe));
  std::vector<double> micro_batches, updates;
  const auto begin = Clock::now();
  for (uint64_t turn = 0; turn < 3 || seconds_since(begin) < seconds; ++turn) {
    learner.open_step(first + turn);
    const auto start = Clock::now();
    {
      Tape tape;
      tape.backward(learner.forward(0).roots);
    }
    const auto between = Clock::now();
    optimizer.update(recipe.lr, clip_scale(optimizer.gradient_norm(), recipe.grad_clip));
    if (turn == 0) continue;  // fetched its memory from the system
    updates.push_back(seconds_since(between));
    micro_batches.push_back(std::chrono::duration<double>(between - start).count());
  }
  return {median(micro_batches), median(updates)};
}

}  // namespace bantam
