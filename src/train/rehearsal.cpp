#include "train/rehearsal.h"

#include <algorithm>
#include <limits>

#include "base/progress.h"
#include "base/random.h"
#include "tensor/tape.h"
#include "train/decoder_learner.h"
#include "train/optimizer.h"

namespace bantam {
namespace {

// A micro-batch of random tokens, each row one document.
Batch random_batch(const TrainRecipe& recipe, uint64_t length, int64_t vocab) {
  Batch batch{.rows = recipe.tokens_per_batch / length, .length = length};
  const RandomStream random(recipe.seed, "rehearsal");
  for (size_t i = 0; i < batch.rows * length; ++i) {
    batch.tokens.push_back(static_cast<int32_t>(random.below(i, static_cast<uint64_t>(vocab))));
    batch.targets.push_back(static_cast<int32_t>(random.below(i + 1, static_cast<uint64_t>(vocab))));
    batch.positions.push_back(static_cast<int32_t>(i % length));
  }
  for (size_t row = 0; row < batch.rows; ++row) batch.segments.push_back({row * length, length});
  return batch;
}

}  // namespace

RehearsedStep rehearse_step(const ModelConfig& config, Dtype compute, const TrainRecipe& recipe,
                            uint64_t length, double seconds) {
  TrainRecipe one = recipe;
  one.grad_accum_steps = 1;
  Decoder model(config, Device::cpu, compute);
  model.initialise(recipe.seed);
  DecoderLearner learner(model, one, [&](uint64_t) { return random_batch(one, length, config.vocab); });
  AdamW optimizer(learner.weights(), optimizer_options(one));
  RehearsedStep best{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  learner.open_step(0);
  const auto begin = Clock::now();
  for (int turn = 0; turn < 2 || seconds_since(begin) < seconds; ++turn) {
    const auto start = Clock::now();
    {
      Tape tape;
      tape.backward(learner.forward(0).roots);
    }
    const auto between = Clock::now();
    optimizer.update(one.lr, clip_scale(optimizer.gradient_norm(), one.grad_clip));
    if (turn == 0) continue;  // fetched its memory from the system
    best.update_seconds = std::min(best.update_seconds, seconds_since(between));
    best.micro_batch_seconds =
        std::min(best.micro_batch_seconds, std::chrono::duration<double>(between - start).count());
  }
  return best;
}

}  // namespace bantam
