#include "eval/decision_quality.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "model/decision.h"
#include "tensor/tape.h"
#include "train/optimizer.h"
#include "train/tiny_learner.h"

namespace bantam {
namespace {

TEST(DecisionQuality, KnowsItsValues) {
  DecisionQuality quality;
  quality.add({0.9, 0.1}, 0);
  quality.add({0.8, 0.2}, 0);
  quality.add({0.9, 0.1}, 1);
  quality.add({0.45, 0.55}, 1);
  EXPECT_EQ(quality.rows(), 4u);
  EXPECT_DOUBLE_EQ(quality.accuracy(), 0.75);
  EXPECT_DOUBLE_EQ(quality.majority(), 0.5);
  EXPECT_NEAR(quality.brier(), 2 * (0.01 + 0.04 + 0.81 + 0.2025) / 4, 1e-12);
  // 0.9 lies in (13/15, 14/15], 0.8 in (11/15, 12/15], 0.55 in (8/15, 9/15].
  EXPECT_EQ(quality.bins()[13].rows, 2u);
  EXPECT_EQ(quality.bins()[11].rows, 1u);
  EXPECT_EQ(quality.bins()[8].rows, 1u);
  EXPECT_NEAR(quality.calibration_error(), (2 * std::abs(0.9 - 0.5) + 0.2 + 0.45) / 4, 1e-12);
  Json figures = Json::object();
  quality.write(figures);
  EXPECT_EQ(figures["valid_decision_rows"], 4);
  ASSERT_EQ(figures["valid_decision_bins"].size(), 15u);
  EXPECT_EQ(figures["valid_decision_bins"][13]["accuracy"], 0.5);
  EXPECT_TRUE(figures["valid_decision_bins"][0]["confidence"].is_null());
}

TEST(DecisionQuality, CertainAndEvenOddsHaveTheirBins) {
  DecisionQuality quality;
  quality.add({1, 0}, 0);
  quality.add({1 / 3.0, 1 / 3.0, 1 / 3.0}, 0);
  EXPECT_EQ(quality.bins()[14].rows, 1u);
  EXPECT_EQ(quality.bins()[4].rows, 1u);
}

TEST(DecisionQuality, AModelThatCameApartIsJudgedAllTheSame) {
  DecisionQuality quality;
  quality.add({NAN, NAN}, 1);
  EXPECT_EQ(quality.accuracy(), 0);
  EXPECT_EQ(quality.bins()[0].rows, 1u);
  EXPECT_EQ(quality.bins()[0].confidence, 0);
}

// Rows of random tokens; the class, known for three rows of four, says in which part of the vocabulary the first one is.
Batch ruled_batch(uint64_t step) {
  Batch batch = testing::random_batch(step, 64, 8);
  for (size_t row = 0; row < batch.rows; ++row)
    if (row % 4 != 3) batch.labels.push_back({row * 8 + 7, batch.tokens[row * 8] / 14});
  return batch;
}

TEST(DecisionQuality, TheHeadLearnsARuleAndKnowsThatItDoes) {
  ModelConfig config = testing::tiny_dense();
  config.heads.decision = DecisionConfig{true, 3};
  Decoder model(config, Device::cpu, Dtype::f32);
  model.initialise(5);
  const auto judged = [&] {
    DecisionQuality quality;
    for (uint64_t step = 1000; step < 1004; ++step) {
      const Batch batch = ruled_batch(step);
      Segments segments;
      for (const auto& [start, length] : batch.segments) segments.push_back({start, length});
      Pass pass(batch.tokens, segments, model.device(), model.compute());
      quality.add(model, batch, model.read_outs(pass).back().hidden);
    }
    return quality;
  };
  TrainRecipe recipe = testing::tiny_recipe(1, 0);
  recipe.mtp_weight = 0;
  recipe.decision_weight = 2;
  DecoderLearner learner(model, recipe, ruled_batch);
  AdamW optimizer(learner.weights(), optimizer_options(recipe));
  const DecisionQuality before = judged();
  for (uint64_t step = 0; step < 120; ++step) {
    learner.open_step(step);
    for (size_t i = 0; i < learner.micro_batches(); ++i) {
      Tape tape;
      tape.backward(learner.forward(i).roots);
    }
    optimizer.update(5e-3, clip_scale(optimizer.gradient_norm(), 1));
  }
  const DecisionQuality after = judged();
  ASSERT_EQ(after.rows(), 192u);
  EXPECT_LT(before.accuracy(), 0.6);
  EXPECT_GT(after.accuracy(), 0.95) << "majority " << after.majority();
  EXPECT_LT(after.brier(), 0.1);
  EXPECT_LT(after.calibration_error(), 0.1);
}

}  // namespace
}  // namespace bantam
