#include "train/loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "train/checkpoint.h"
#include "train/tiny_learner.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;
using ::testing::TempDir;
using testing::tiny_recipe;
using testing::TinyLearner;
namespace fs = std::filesystem;

class LoopTest : public ::testing::Test {
 protected:
  LoopTest() { fs::create_directories(folder_); }
  ~LoopTest() override { fs::remove_all(folder_); }

  TrainingSetup setup(const std::string& run, TrainRecipe recipe) {
    fs::create_directories(folder_ / run);
    TrainingSetup s;
    s.run = folder_ / run;
    s.recipe = std::move(recipe);
    return s;
  }
  std::vector<double> straight(const TrainRecipe& recipe) {
    TinyLearner learner;
    train(learner, setup("straight", recipe));
    return learner.values();
  }
  // The log's lines without what depends on the clock.
  std::vector<Json> log(const std::string& run) {
    std::vector<Json> lines;
    std::ifstream file(folder_ / run / "log.jsonl");
    for (std::string line; std::getline(file, line);) {
      Json json = Json::parse(line);
      for (const char* key : {"tokens_per_second", "mfu", "memory_bytes", "seconds", "joules"})
        json.erase(key);
      lines.push_back(std::move(json));
    }
    return lines;
  }
  static std::string error_of(Learner& learner, const TrainingSetup& setup, ErrorCode code) {
    try {
      train(learner, setup);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    return "no error";
  }

  fs::path folder_ = fs::path(TempDir()) / fmt::format("loop_test_{}", ::getpid());
};

TEST_F(LoopTest, LearnsAndLogsEveryStep) {
  TrainRecipe recipe = tiny_recipe(30, 10);
  recipe.eval_every = 10;
  recipe.sample_every = 15;
  TrainingSetup s = setup("run", recipe);
  std::vector<uint64_t> evaluated, sampled;
  s.hooks.evaluate = [&](uint64_t step) {
    evaluated.push_back(step);
    return std::map<std::string, double>{{"bits_per_byte", 2.5}};
  };
  s.hooks.sample = [&](uint64_t step) {
    sampled.push_back(step);
    return Json::array({"text"});
  };
  TinyLearner learner;
  const TrainingResult result = train(learner, s);
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(result.step, 30u);
  EXPECT_EQ(evaluated, (std::vector<uint64_t>{0, 10, 20, 30}));
  EXPECT_EQ(sampled, (std::vector<uint64_t>{15, 30}));
  const std::vector<Json> lines = log("run");
  ASSERT_EQ(lines.size(), 30u + 4 + 2);
  EXPECT_EQ(lines[0].dump(), R"({"format_version":1,"step":0,"tokens":0,"eval":{"bits_per_byte":2.5}})");
  EXPECT_EQ(lines[1]["step"], 1);
  EXPECT_EQ(lines[1]["tokens"], 64);
  for (const char* key : {"loss", "smoothed_loss", "lr", "grad_norm", "update_norm"})
    EXPECT_TRUE(lines[1][key].is_number()) << key;
  EXPECT_NEAR(lines[1]["loss"].get<double>(),
              lines[1]["terms"]["ce"].get<double>() + 0.3 * lines[1]["terms"]["mtp"].get<double>(), 1e-5);
  EXPECT_EQ(lines[1]["smoothed_loss"], lines[1]["loss"]);
  EXPECT_DOUBLE_EQ(lines[1]["lr"].get<double>(), 1e-2 / 3);
  EXPECT_TRUE(fs::exists(folder_ / "run/checkpoints/step-000030/model.safetensors"));
  EXPECT_TRUE(fs::exists(folder_ / "run/checkpoints/step-000020/model.safetensors"));
  EXPECT_FALSE(fs::exists(folder_ / "run/checkpoints/step-000010"));
}

TEST_F(LoopTest, AnInterruptFinishesTheStepAndTheRunGoesOnExactly) {
  const TrainRecipe recipe = tiny_recipe(9, 4);
  const std::vector<double> want = straight(recipe);
  const TrainingSetup s = setup("run", recipe);
  for (const uint64_t stop : {0, 1, 5}) {
    TinyLearner learner;
    learner.before_step = [&](uint64_t step) {
      if (step == stop) std::raise(stop == 1 ? SIGTERM : SIGINT);
    };
    const TrainingResult result = train(learner, s);
    EXPECT_TRUE(result.interrupted);
    EXPECT_EQ(result.step, stop + 1);
  }
  TinyLearner last;
  EXPECT_FALSE(train(last, s).interrupted);
  EXPECT_EQ(last.values(), want);
  EXPECT_EQ(log("run"), log("straight"));

  TinyLearner again;  // a finished run has nothing left to do
  EXPECT_EQ(train(again, s).step, 9u);
  EXPECT_EQ(again.values(), want);
  EXPECT_EQ(log("run"), log("straight"));
}

// The validation losses of steps 0, 2, 4, …
TrainingHooks judged(std::vector<double> losses) {
  TrainingHooks hooks;
  hooks.evaluate = [losses](uint64_t step) { return Json{{"valid_loss", losses.at(step / 2)}}; };
  return hooks;
}

TrainRecipe with_everything() {
  TrainRecipe recipe = tiny_recipe(12, 5);
  recipe.optimizer = OptimizerKind::muon;
  recipe.ema = 0.8;
  recipe.eval_every = 2;
  recipe.keep_best = 1;
  return recipe;
}

TEST_F(LoopTest, MuonAveragesAndTheBestGoOnExactly) {
  const TrainRecipe recipe = with_everything();
  const TrainingHooks hooks = judged({9, 8, 7, 5, 6, 7, 8});
  std::vector<std::vector<double>> evaluated;
  TinyLearner whole(recipe);
  TrainingSetup straight = setup("straight", recipe);
  straight.hooks = hooks;
  straight.hooks.evaluate = [&](uint64_t step) {
    evaluated.push_back(whole.values());
    return hooks.evaluate(step);
  };
  EXPECT_EQ(train(whole, straight).result_step, 6u);
  EXPECT_EQ(whole.values(), evaluated[3]) << "the best of what was evaluated is the result";
  EXPECT_EQ(checkpoint_steps(folder_ / "straight/checkpoints"), (std::vector<uint64_t>{6, 10, 12}));

  TrainingSetup stopped = setup("stopped", recipe);
  stopped.hooks = hooks;
  for (const uint64_t stop : {2, 6, 7}) {
    TinyLearner learner(recipe);
    learner.before_step = [&](uint64_t step) {
      if (step == stop) std::raise(SIGINT);
    };
    EXPECT_TRUE(train(learner, stopped).interrupted);
  }
  TinyLearner last(recipe);
  EXPECT_EQ(train(last, stopped).result_step, 6u);
  EXPECT_EQ(last.values(), whole.values());
  EXPECT_EQ(log("stopped"), log("straight"));
  for (const char* file : {"model.safetensors", "optimizer.safetensors", "average.safetensors"})
    EXPECT_EQ(sha256_file(folder_ / "stopped/checkpoints/step-000012" / file),
              sha256_file(folder_ / "straight/checkpoints/step-000012" / file))
        << file;
}

TEST_F(LoopTest, TheAverageIsWhatIsEvaluatedAndLeft) {
  TrainRecipe recipe = tiny_recipe(6, 10);
  const std::vector<double> unaveraged = straight(recipe);
  recipe.ema = 0.8;
  recipe.eval_every = 3;
  TrainingSetup s = setup("averaged", recipe);
  TinyLearner learner;
  std::vector<double> evaluated;
  s.hooks.evaluate = [&](uint64_t) {
    evaluated = learner.values();
    return Json{{"valid_loss", 1}};
  };
  train(learner, s);
  EXPECT_NE(learner.values(), unaveraged);
  EXPECT_EQ(learner.values(), evaluated);
  EXPECT_EQ(sha256_file(folder_ / "averaged/checkpoints/step-000006/model.safetensors"),
            sha256_file(folder_ / "straight/checkpoints/step-000006/model.safetensors"))
      << "the steps are those of a run without an average";
}

TEST_F(LoopTest, EndsEarlyWhereNothingGetsBetter) {
  TrainRecipe recipe = tiny_recipe(20, 50);
  recipe.eval_every = 2;
  recipe.early_stop = {.evaluations = 2, .min_improvement = 0.5};
  TrainingSetup s = setup("run", recipe);
  s.hooks = judged({9, 8, 7, 6.9, 6.8, 6.7, 6.6, 6.5, 6.4, 6.3, 6.2});
  TinyLearner learner;
  const TrainingResult result = train(learner, s);
  EXPECT_FALSE(result.interrupted);
  EXPECT_TRUE(result.stopped_early);
  EXPECT_EQ(result.step, 8u);
  TinyLearner again;  // the same command finds it over
  EXPECT_EQ(train(again, s).step, 8u);
  EXPECT_EQ(again.values(), learner.values());
  s.recipe.early_stop.evaluations = 4;  // more patience
  EXPECT_EQ(train(again, s).step, 12u);
}

TEST_F(LoopTest, GoingByEvaluationsNeedsThem) {
  TinyLearner learner;
  TrainRecipe recipe = tiny_recipe(4, 2);
  recipe.keep_best = 1;
  EXPECT_THAT(error_of(learner, setup("run", recipe), ErrorCode::usage),
              HasSubstr("train.keep_best: goes by"));
  recipe.keep_best = 0;
  recipe.early_stop.evaluations = 1;
  EXPECT_THAT(error_of(learner, setup("run", recipe), ErrorCode::usage),
              HasSubstr("train.early_stop: goes by"));
}

TEST_F(LoopTest, APauseChangesNothing) {
  const TrainRecipe recipe = tiny_recipe(5, 2);
  const std::vector<double> want = straight(recipe);
  TrainingSetup s = setup("paused", recipe);
  std::vector<std::string> order;
  s.hooks.pause = [&](bool rests) {
    order.push_back(rests ? "rests" : "goes on");
    if (rests) std::raise(SIGUSR1);
  };
  TinyLearner learner;
  learner.before_step = [&](uint64_t step) {
    order.push_back(std::to_string(step));
    if (step == 2) std::raise(SIGUSR1);
  };
  train(learner, s);
  EXPECT_EQ(order, (std::vector<std::string>{"0", "1", "2", "rests", "goes on", "3", "4"}));
  EXPECT_EQ(learner.values(), want);
  EXPECT_EQ(log("paused"), log("straight"));
}

TEST_F(LoopTest, AnInterruptEndsAPause) {
  TrainingSetup s = setup("run", tiny_recipe(5, 2));
  s.hooks.pause = [&](bool rests) {
    if (rests) std::raise(SIGINT);
  };
  TinyLearner learner;
  learner.before_step = [&](uint64_t step) {
    if (step == 2) std::raise(SIGUSR1);
  };
  const TrainingResult result = train(learner, s);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.step, 3u);
}

TEST_F(LoopTest, ARunBeginsWithWhatItInherits) {
  const TrainRecipe recipe = tiny_recipe(4, 2);
  straight(recipe);
  TrainingSetup s = setup("heir", recipe);
  TinyLearner learner;
  s.from = "straight@4";
  s.hooks.inherit = [&] {
    load_result(folder_ / "straight/checkpoints/step-000004", learner.weights());
    return Json{{"from", s.from}, {"weights_sha256", "abc"}};
  };
  std::vector<double> first;
  learner.before_step = [&](uint64_t step) {
    if (step == 0) first = learner.values();
    if (step == 2) std::raise(SIGINT);
  };
  EXPECT_TRUE(train(learner, s).interrupted);
  TinyLearner parent;
  load_result(folder_ / "straight/checkpoints/step-000004", parent.weights());
  EXPECT_EQ(first, parent.values());

  // It goes on without the other run, and knows where it came from.
  fs::remove_all(folder_ / "straight");
  TrainingSetup plain = s;
  plain.from = "";
  plain.hooks.inherit = {};
  TinyLearner heir;
  EXPECT_EQ(train(heir, plain).parent_sha256, "abc");
  EXPECT_EQ(checkpoint_state(folder_ / "heir/checkpoints/step-000004")["parent"]["from"], "straight@4");
  plain.from = "other@4";
  EXPECT_THAT(error_of(heir, plain, ErrorCode::usage), HasSubstr("--from: is other@4, but the run in"));
}

TEST_F(LoopTest, ADamagedCheckpointIsSteppedOver) {
  const TrainRecipe recipe = tiny_recipe(9, 2);
  const std::vector<double> want = straight(recipe);
  const TrainingSetup s = setup("run", recipe);
  TinyLearner first;
  first.before_step = [&](uint64_t step) {
    if (step == 6) std::raise(SIGINT);
  };
  train(first, s);
  std::ofstream(folder_ / "run/checkpoints/step-000007/model.safetensors", std::ios::app) << "x";
  TinyLearner second;
  train(second, s);
  EXPECT_EQ(second.values(), want);
  EXPECT_EQ(log("run"), log("straight"));
}

TEST_F(LoopTest, WhatASaveDidNotGetToRemoveGoesOnResume) {
  const TrainRecipe recipe = tiny_recipe(9, 3);
  const TrainingSetup s = setup("run", recipe);
  TinyLearner first, second;
  train(first, s);
  const fs::path checkpoints = folder_ / "run/checkpoints";
  ASSERT_FALSE(fs::exists(checkpoints / "step-000003"));
  fs::copy(checkpoints / "step-000009", checkpoints / "step-000003");
  train(second, s);
  EXPECT_FALSE(fs::exists(checkpoints / "step-000003"));
  EXPECT_TRUE(fs::exists(checkpoints / "step-000009"));
}

TEST_F(LoopTest, OnlySomeKeysMayChangeOnResume) {
  const TrainRecipe recipe = tiny_recipe(4, 2);
  TrainingSetup s = setup("run", recipe);
  s.identity = R"({"model": {"width": 24, "layers": [{"heads": 3}]}, "pack": "abc"})";
  {
    TinyLearner learner;
    train(learner, s);
  }
  TinyLearner learner;
  TrainingSetup changed = s;
  changed.recipe.lr = 2e-2;
  changed.recipe.seed = 18;
  changed.identity = R"({"model": {"width": 24, "layers": [{"heads": 2}]}, "pack": "abc"})";
  const std::string message = error_of(learner, changed, ErrorCode::usage);
  EXPECT_THAT(message, HasSubstr("train.lr was 0.01 and is 0.02"));
  EXPECT_THAT(message, HasSubstr("train.seed was 17 and is 18"));
  EXPECT_THAT(message, HasSubstr("model.layers[0].heads was 3 and is 2"));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("width")));

  changed = s;
  changed.recipe.target_tokens = 64 * 2;
  EXPECT_THAT(error_of(learner, changed, ErrorCode::usage),
              HasSubstr("train.target_tokens: is 128, but the run has 256 tokens behind it"));

  changed = s;
  changed.recipe.target_tokens = 64 * 6;
  changed.recipe.min_lr_ratio = 0.5;
  changed.recipe.decay_ratio = 0.5;
  changed.recipe.eval_every = changed.recipe.save_every = changed.recipe.sample_every = 1;
  changed.recipe.keep_checkpoints = 3;
  EXPECT_EQ(train(learner, changed).step, 6u);
}

TEST_F(LoopTest, StepsThatAreNotFiniteAreSkippedLoggedAndCounted) {
  TrainRecipe recipe = tiny_recipe(6, 10);
  recipe.max_bad_steps = 3;
  const TrainingSetup s = setup("run", recipe);
  TinyLearner learner;
  std::vector<std::vector<double>> before;
  learner.before_step = [&](uint64_t step) { before.push_back(learner.values()); };
  learner.change_loss = [](uint64_t step, double loss) {
    return step == 2 || step == 3 ? std::nan("") : loss;
  };
  const TrainingResult result = train(learner, s);
  EXPECT_EQ(result.skipped, 2u);
  EXPECT_NE(before[1], before[2]);
  EXPECT_EQ(before[2], before[3]);
  EXPECT_EQ(before[3], before[4]);
  EXPECT_NE(before[4], before[5]);
  const Json line = log("run").at(2);
  EXPECT_THAT(line["skipped"].get<std::string>(), HasSubstr("loss nan"));
  EXPECT_THAT(line["batch"].get<std::string>(), HasSubstr("seed 17, step 2, tokens "));
  EXPECT_FALSE(line.contains("loss"));
}

TEST_F(LoopTest, TooManyOfThemInARowStopTheRunAndKeepTheCheckpoint) {
  TrainRecipe recipe = tiny_recipe(20, 2);
  recipe.max_bad_steps = 3;
  const TrainingSetup s = setup("run", recipe);
  TinyLearner learner;
  learner.change_loss = [](uint64_t step, double loss) { return step >= 5 ? HUGE_VAL : loss; };
  EXPECT_THAT(error_of(learner, s, ErrorCode::invalid), HasSubstr("step 8: loss inf"));
  EXPECT_TRUE(fs::exists(folder_ / "run/checkpoints/step-000006"));
}

TEST_F(LoopTest, SpikesAreSkippedAFewTimesInARow) {
  TrainRecipe recipe = tiny_recipe(64, 57);
  recipe.spike_skip = {.z = 6, .max = 3};
  const auto spiking = [](uint64_t step, double loss) { return step >= 55 && step < 60 ? loss + 20 : loss; };
  TinyLearner learner;
  learner.change_loss = spiking;
  EXPECT_EQ(train(learner, setup("run", recipe)).skipped, 3u)
      << "then the run learns what it took for spikes";
  EXPECT_THAT(log("run").at(55)["skipped"].get<std::string>(), HasSubstr("standard deviations above"));
  EXPECT_FALSE(log("run").at(58).contains("skipped"));

  // Stopped among the spikes, the run goes on counting them.
  TinyLearner first, second;
  first.change_loss = second.change_loss = spiking;
  first.before_step = [&](uint64_t step) {
    if (step == 56) std::raise(SIGINT);
  };
  EXPECT_TRUE(train(first, setup("stopped", recipe)).interrupted);
  train(second, setup("stopped", recipe));
  EXPECT_EQ(second.values(), learner.values());
  EXPECT_EQ(log("stopped"), log("run"));
}

TEST_F(LoopTest, AFullDiskEndsTheRunWithWhatWasSaved) {
  const TrainRecipe recipe = tiny_recipe(9, 3);
  const std::vector<double> want = straight(recipe);
  const TrainingSetup s = setup("run", recipe);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  TinyLearner first;
  first.before_step = [&](uint64_t step) {
    const rlimit tight{20000, old.rlim_max};
    if (step == 4) setrlimit(RLIMIT_FSIZE, &tight);
  };
  EXPECT_THROW(train(first, s), Error);
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_TRUE(fs::exists(folder_ / "run/checkpoints/step-000003"));
  EXPECT_FALSE(fs::exists(folder_ / "run/checkpoints/step-000006"));
  TinyLearner second;
  train(second, s);
  EXPECT_EQ(second.values(), want);
  EXPECT_EQ(log("run"), log("straight"));
}

}  // namespace
}  // namespace bantam
