#include "train/weight_average.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/threads.h"
#include "train/tiny_learner.h"

namespace bantam {
namespace {

using testing::TinyLearner;
using testing::values_of;

TEST(WeightAverage, FollowsItsEquation) {
  TinyLearner learner;
  WeightAverage average(learner.weights(), 0.5);
  average.begin();
  std::vector<double> want = learner.values();
  for (uint64_t t = 1; t <= 12; ++t) {
    for (Weight* weight : learner.weights()) {
      float* values = weight->writable().row<float>(0);
      for (size_t i = 0; i < weight->count(); ++i)
        values[i] = static_cast<float>(RandomStream(t, weight->name).normal(i));
      weight->changed();
    }
    average.update();
    const std::vector<double> now = learner.values();
    // 2/11, 3/12, 4/13, … up to the rate that was asked for, reached at t = 8.
    const double d = t < 8 ? (1.0 + static_cast<double>(t)) / (10.0 + static_cast<double>(t)) : 0.5;
    for (size_t i = 0; i < want.size(); ++i) want[i] += (1 - d) * (now[i] - want[i]);
  }
  average.swap();
  const std::vector<double> got = learner.values();
  for (size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-6) << i;
}

TEST(WeightAverage, SwappedTwiceAllIsAsItWas) {
  TinyLearner learner(testing::tiny_recipe(1, 0), Dtype::bf16);
  WeightAverage average(learner.weights(), 0.9);
  average.begin();
  for (Weight* weight : learner.weights()) {
    weight->writable().row<float>(0)[0] += 1;
    weight->changed();
  }
  average.update();
  const std::vector<double> before = learner.values();
  const std::vector<double> low = values_of(learner.weights()[0]->low.mat());
  average.swap();
  EXPECT_NE(learner.values(), before);
  EXPECT_NE(values_of(learner.weights()[0]->low.mat()), low);
  average.swap();
  EXPECT_EQ(learner.values(), before);
  EXPECT_EQ(values_of(learner.weights()[0]->low.mat()), low);
}

TEST(WeightAverage, WhatIsNotLearntIsNotAveraged) {
  TinyLearner learner;
  learner.weights()[1]->trainable = false;
  WeightAverage average(learner.weights(), 0.9);
  EXPECT_EQ(average.states().size(), learner.weights().size() - 1);
  EXPECT_TRUE(std::none_of(average.states().begin(), average.states().end(),
                           [&](const auto& state) { return state.weight == learner.weights()[1]; }));
}

}  // namespace
}  // namespace bantam
