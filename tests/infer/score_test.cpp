#include "infer/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "base/threads.h"
#include "infer/forward.h"
#include "model/tiny_models.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

struct ScoreCase {
  std::unique_ptr<Decoder> model;
  std::vector<int32_t> ids;
};

// More tokens than one piece of logits.
std::vector<ScoreCase> cases() {
  std::vector<ScoreCase> all;
  for (ModelConfig config : {testing::tiny_dense(), testing::tiny_looped(), testing::tiny_recurrent()}) {
    config.context = 300;
    ScoreCase c{testing::make_model(config, Device::cpu, Dtype::f32), {}};
    Random random(5, "ids");
    for (size_t i = 0; i < 300; ++i)
      c.ids.push_back(static_cast<int32_t>(random.below(static_cast<uint64_t>(config.vocab))));
    all.push_back(std::move(c));
  }
  return all;
}

TEST(Score, LogitsHaveTheBitsOfDecoding) {
  for (const ScoreCase& c : cases()) {
    const Tensor logits = logits_of(*c.model, c.ids);
    ASSERT_EQ(logits.rows(), c.ids.size());
    SequenceMemory memory(c.model->compute());
    for (size_t t = 0; t < c.ids.size(); ++t) {
      const Feed one[] = {{&memory, std::span(c.ids).subspan(t, 1)}};
      const Tensor step = c.model->logits(feed(*c.model, one).back().hidden);
      ASSERT_TRUE(
          std::equal(step.data<float>(), step.data<float>() + step.cols(), logits.mat().row<float>(t)))
          << t;
    }
  }
}

TEST(Score, LogProbabilitiesAreThoseOfTheLogits) {
  for (const ScoreCase& c : cases()) {
    const Tensor logits = logits_of(*c.model, c.ids);
    const std::vector<double> scores = log_probabilities(*c.model, c.ids);
    ASSERT_EQ(scores.size(), c.ids.size() - 1);
    for (size_t t = 0; t < scores.size(); ++t) {
      const float* row = logits.mat().row<float>(t);
      double sum = 0;
      for (size_t v = 0; v < logits.cols(); ++v) sum += std::exp(static_cast<double>(row[v]));
      EXPECT_NEAR(scores[t], std::log(std::exp(static_cast<double>(row[c.ids[t + 1]])) / sum), 1e-12);
    }
  }
}

TEST(Score, TheTokensThatMayFollowShareOne) {
  const ScoreCase c = std::move(cases().front());
  double total = 0;
  for (int32_t v = 0; v < c.model->config().vocab; ++v) {
    const int32_t ids[] = {3, 1, 4, v};
    total += std::exp(log_probabilities(*c.model, ids).back());
  }
  EXPECT_NEAR(total, 1, 1e-9);
}

TEST(Score, ThreadsChangeNothing) {
  const int threads = thread_count();
  for (const ScoreCase& c : cases()) {
    set_thread_count(1);
    const std::vector<double> alone = log_probabilities(*c.model, c.ids);
    set_thread_count(3);
    EXPECT_EQ(log_probabilities(*c.model, c.ids), alone);
  }
  set_thread_count(threads);
}

TEST(Score, WhatIsNoTokenIsRefused) {
  const ScoreCase c = std::move(cases().front());
  const auto message = [&](std::vector<int32_t> ids) -> std::string {
    try {
      logits_of(*c.model, ids);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message({}), HasSubstr("wanted 1 to 300"));
  EXPECT_THAT(message(std::vector<int32_t>(301, 1)), HasSubstr("are 301"));
  EXPECT_THAT(message({1, -1}), HasSubstr("-1 is not a token"));
  EXPECT_THAT(message({1, static_cast<int32_t>(c.model->config().vocab)}), HasSubstr("is not a token"));
  EXPECT_TRUE(log_probabilities(*c.model, std::vector<int32_t>{1}).empty());
}

}  // namespace
}  // namespace bantam
