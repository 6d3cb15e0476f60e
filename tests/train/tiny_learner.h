// A model of a few thousand weights on rows drawn from the step's number, small enough that a whole run takes
// a moment.
#pragma once
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "model/tiny_models.h"
#include "train/decoder_learner.h"

namespace bantam::testing {

// `steps` steps of 64 tokens that save every `save_every`.
inline TrainRecipe tiny_recipe(uint64_t steps, uint64_t save_every) {
  TrainRecipe recipe;
  recipe.target_tokens = 64 * steps;
  recipe.tokens_per_batch = 32;
  recipe.grad_accum_steps = 2;
  recipe.max_seq_len = 8;
  recipe.warmup_steps = 3;
  recipe.lr = 1e-2;
  recipe.save_every = save_every;
  return recipe;
}

// Rows of random ids, each one document.
inline Batch random_batch(uint64_t step, size_t rows, size_t length) {
  Batch batch{.rows = rows, .length = length};
  for (size_t row = 0; row < rows; ++row) {
    const TinyBatch one = tiny_batch({length}, 1000 * step + row);
    batch.segments.push_back({row * length, length});
    batch.tokens.insert(batch.tokens.end(), one.ids.begin(), one.ids.end());
    batch.targets.insert(batch.targets.end(), one.targets.begin(), one.targets.end());
    batch.positions.resize(batch.positions.size() + length);
    std::iota(batch.positions.end() - static_cast<ptrdiff_t>(length), batch.positions.end(), 0);
  }
  return batch;
}

struct TinyModel {
  explicit TinyModel(Dtype compute) : decoder(tiny_dense(), Device::cpu, compute) { decoder.initialise(5); }
  Decoder decoder;
};

class TinyLearner : private TinyModel, public DecoderLearner {
 public:
  explicit TinyLearner(const TrainRecipe& recipe = tiny_recipe(1, 0), Dtype compute = Dtype::f32)
      : TinyModel(compute), DecoderLearner(decoder, recipe, [recipe](uint64_t step) {
          const uint64_t tokens = recipe.tokens_per_batch * recipe.grad_accum_steps;
          return random_batch(step, tokens / recipe.max_seq_len, recipe.max_seq_len);
        }) {}

  void open_step(uint64_t step) override {
    if (before_step) before_step(step);
    step_ = step;
    DecoderLearner::open_step(step);
  }
  MicroLoss forward(size_t micro_batch) override {
    MicroLoss loss = DecoderLearner::forward(micro_batch);
    if (change_loss) loss.total = change_loss(step_, loss.total);
    return loss;
  }

  std::vector<double> values() const {
    std::vector<double> all;
    for (const auto& weight : decoder.weights()) {
      const std::vector<double> some = values_of(weight->master.mat());
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  std::function<void(uint64_t step)> before_step;
  std::function<double(uint64_t step, double loss)> change_loss;  // of a micro-batch

 private:
  uint64_t step_ = 0;
};

}  // namespace bantam::testing
