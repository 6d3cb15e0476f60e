#include "train/decoder_learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tensor/tape.h"
#include "train/optimizer.h"
#include "train/tiny_learner.h"

namespace bantam {
namespace {

using testing::tiny_recipe;
using testing::TinyLearner;

struct StepOutcome {
  double loss = 0;
  std::map<std::string, double> terms;
  std::vector<std::vector<double>> gradients;
};
StepOutcome run_step(DecoderLearner& learner, uint64_t step) {
  StepOutcome out;
  learner.open_step(step);
  for (size_t i = 0; i < learner.micro_batches(); ++i) {
    Tape tape;
    const MicroLoss part = learner.forward(i);
    tape.backward(part.roots);
    out.loss += part.total;
    for (const auto& [name, value] : part.terms) out.terms[name] += value;
  }
  for (Weight* weight : learner.weights()) {
    out.gradients.push_back(testing::values_of(weight->gradient.mat()));
    weight->gradient_is_fresh = true;
  }
  return out;
}

TEST(DecoderLearner, OneBatchOrThirtyTwoGiveTheSameLossAndGradients) {
  TrainRecipe recipe;
  recipe.max_seq_len = 64;
  recipe.tokens_per_batch = 32 * 64;
  TinyLearner whole(recipe);
  recipe.tokens_per_batch = 64;
  recipe.grad_accum_steps = 32;
  TinyLearner pieces(recipe);
  const StepOutcome want = run_step(whole, 0), got = run_step(pieces, 0);
  EXPECT_NEAR(got.loss, want.loss, 1e-6 * want.loss);
  for (const auto& [name, value] : want.terms) EXPECT_NEAR(got.terms.at(name), value, 1e-6 * value) << name;
  for (size_t k = 0; k < want.gradients.size(); ++k) {
    double largest = 0, worst = 0;
    for (size_t i = 0; i < want.gradients[k].size(); ++i) {
      largest = std::max(largest, std::abs(want.gradients[k][i]));
      worst = std::max(worst, std::abs(got.gradients[k][i] - want.gradients[k][i]));
    }
    EXPECT_LE(worst, 1e-6 * largest) << whole.weights()[k]->name;
  }
}

// The labelled rows, too, are counted over the whole step: most of these micro-batches have none.
TEST(DecoderLearner, LabelsCountOverTheStepHoweverItIsCut) {
  ModelConfig config = testing::tiny_dense();
  config.heads.decision = DecisionConfig{true, 3};
  std::vector<StepOutcome> outcomes;
  for (const uint64_t pieces : {1, 16}) {
    TrainRecipe recipe = tiny_recipe(1, 0);
    recipe.tokens_per_batch = 128 / pieces;
    recipe.grad_accum_steps = pieces;
    Decoder model(config, Device::cpu, Dtype::f32);
    model.initialise(5);
    DecoderLearner learner(model, recipe,
                           [](uint64_t step) {
                             Batch batch = testing::random_batch(step, 16, 8);
                             batch.labels = {{3, 2}, {7 * 8 + 7, 0}, {15 * 8, 1}};
                             return batch;
                           },
                           {2, 1, 0.5});
    outcomes.push_back(run_step(learner, 0));
  }
  const StepOutcome &want = outcomes[0], &got = outcomes[1];
  EXPECT_NEAR(got.loss, want.loss, 1e-6 * want.loss);
  for (const char* term : {"decision", "calibration"})
    EXPECT_NEAR(got.terms.at(term), want.terms.at(term), 1e-6 * want.terms.at(term)) << term;
  for (size_t k = 0; k < want.gradients.size(); ++k) {
    double largest = 0, worst = 0;
    for (size_t i = 0; i < want.gradients[k].size(); ++i) {
      largest = std::max(largest, std::abs(want.gradients[k][i]));
      worst = std::max(worst, std::abs(got.gradients[k][i] - want.gradients[k][i]));
    }
    EXPECT_GT(largest, 0);
    EXPECT_LE(worst, 1e-6 * largest) << k;
  }
}

TEST(DecoderLearner, CheckpointedLayersGiveTheSameBits) {
  for (const Dtype compute : {Dtype::f32, Dtype::bf16}) {
    TrainRecipe recipe = tiny_recipe(1, 0);
    TinyLearner plain(recipe, compute);
    recipe.gradient_checkpointing = GradientCheckpointing::layers;
    TinyLearner replayed(recipe, compute);
    const StepOutcome want = run_step(plain, 3), got = run_step(replayed, 3);
    EXPECT_EQ(got.loss, want.loss);
    EXPECT_EQ(got.terms, want.terms);
    EXPECT_EQ(got.gradients, want.gradients);
  }
}

TEST(DecoderLearner, TheRecipesWeightsReachTheLoss) {
  TrainRecipe recipe = tiny_recipe(1, 0);
  recipe.mtp_weight = 0.7;
  recipe.z_loss = 1e-2;
  TinyLearner learner(recipe);
  const StepOutcome out = run_step(learner, 0);
  EXPECT_NEAR(out.loss, out.terms.at("ce") + 0.7 * out.terms.at("mtp") + 1e-2 * out.terms.at("z"),
              1e-6 * out.loss);
  EXPECT_GT(out.terms.at("z"), 1);
}

// Each source's loss is a mean over its own targets, however the step is cut; they add up to the whole.
TEST(DecoderLearner, LossesBySource) {
  for (const uint64_t pieces : {1, 4}) {
    TrainRecipe recipe = tiny_recipe(1, 0);
    recipe.tokens_per_batch = 64 / pieces;
    recipe.grad_accum_steps = pieces;
    Decoder model(testing::tiny_dense(), Device::cpu, Dtype::f32);
    model.initialise(5);
    const auto batch_of = [](uint64_t step) {
      Batch batch = testing::random_batch(step, 8, 8);
      batch.sources = {1, 0, 1, 1, 0, 1, 1, 1};
      batch.targets[3] = -1;
      return batch;
    };
    DecoderLearner learner(model, recipe, batch_of, {}, {"books", "songs", "absent"});
    const std::map<std::string, double> terms = run_step(learner, 0).terms;
    EXPECT_FALSE(terms.contains("ce.absent"));
    const double books = 2 * 8, songs = 6 * 8 - 1;  // targets
    EXPECT_NEAR((books * terms.at("ce.books") + songs * terms.at("ce.songs")) / (books + songs),
                terms.at("ce"), 1e-6);
    EXPECT_GT(std::abs(terms.at("ce.books") - terms.at("ce.songs")), 1e-3);
    DecoderLearner one(model, recipe, batch_of, {}, {"books"});
    EXPECT_FALSE(run_step(one, 0).terms.contains("ce.books")) << "would be ce again";
  }
}

TEST(StepCost, MuonAndTheAverageAreCounted) {
  const ModelConfig model = testing::tiny_dense();
  TrainRecipe recipe = tiny_recipe(1, 0);
  const StepCost adamw = measure_step(model, Dtype::f32, recipe, 8);
  EXPECT_EQ(adamw.update_flops, 0);
  recipe.ema = 0.99;
  EXPECT_EQ(measure_step(model, Dtype::f32, recipe, 8).optimizer_bytes, 1.5 * adamw.optimizer_bytes);
  recipe.ema = 0;
  recipe.optimizer = OptimizerKind::muon;
  const StepCost muon = measure_step(model, Dtype::f32, recipe, 8);
  EXPECT_EQ(muon.flops, adamw.flops);
  EXPECT_LT(muon.optimizer_bytes, adamw.optimizer_bytes);
  // q and o [24, 24], k and v [8, 24], gate and up [40, 24], down [24, 40], in two layers.
  const auto of = [](double side, double other) {
    return 5 * (4 * side * side * other + 2 * side * side * side);
  };
  EXPECT_EQ(muon.update_flops, 2 * (2 * of(24, 24) + 2 * of(8, 24) + 3 * of(24, 40)));
}

TEST(StepCost, CountsTheStepWithoutRunningIt) {
  const ModelConfig model = testing::tiny_dense();
  TrainRecipe recipe = tiny_recipe(1, 0);
  const StepCost f32 = measure_step(model, Dtype::f32, recipe, 8);
  const Decoder real(model, Device::cpu, Dtype::f32);
  const double parameters = static_cast<double>(real.parameters());
  // Blocks are rounded up, by an eighth at most beyond small ones.
  EXPECT_GE(f32.parameters_bytes, 4 * parameters);
  EXPECT_LE(f32.parameters_bytes, 4.7 * parameters);
  EXPECT_EQ(f32.gradient_bytes, f32.parameters_bytes);
  EXPECT_EQ(f32.optimizer_bytes, 2 * f32.parameters_bytes);
  EXPECT_GT(measure_step(model, Dtype::bf16, recipe, 8).parameters_bytes, 1.3 * f32.parameters_bytes);
  // Six FLOPs a token for each weight of a product, those of the output projection once a head, and some
  // attention.
  double products = 2 * 40 * 24;  // the output projection for the heads 2 and 3
  for (const auto& weight : real.weights())
    products += weight->decays ? static_cast<double>(weight->count()) : 0;
  // The last one, two and three tokens of a row of eight have no target.
  EXPECT_GT(f32.flops, 6 * (products - 40 * 24 * (1 + 2 + 3) / 8.0) * 64);
  EXPECT_LT(f32.flops, 7.5 * products * 64);
  recipe.gradient_checkpointing = GradientCheckpointing::layers;
  const StepCost replayed = measure_step(model, Dtype::f32, recipe, 8);
  EXPECT_EQ(replayed.flops, f32.flops);
  EXPECT_LT(replayed.activation_bytes, f32.activation_bytes);
  EXPECT_EQ(arena_use(Device::meta).live_bytes, 0u);
}

// Rounded weights stay beside the masters from the first forward on: they belong to every step's activations.
TEST(StepCost, HoldsWhatFeedsKeepBetweenSteps) {
  const ModelConfig model = parse_model(Json::parse(R"({
    "width": 768, "vocab": 40, "context": 64,
    "layers": [{"mixer": {"kind": "attention", "heads": 3}, "feed": {"kind": "ternary_swiglu", "width": 4096},
                "repeat": 20}]})"),
                                        "ternary");
  TrainRecipe recipe = tiny_recipe(1, 0);
  for (const auto replay : {GradientCheckpointing::off, GradientCheckpointing::layers}) {
    recipe.gradient_checkpointing = replay;
    const StepCost cost = measure_step(model, Dtype::bf16, recipe, 8);
    EXPECT_GE(cost.activation_bytes, cost.parameters_bytes / 4);
    EXPECT_GE(cost.spare_bytes, 0);
  }
}

}  // namespace
}  // namespace bantam
