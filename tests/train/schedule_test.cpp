#include "train/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bantam {
namespace {

TrainRecipe small() {
  TrainRecipe r;
  r.target_tokens = 20 * 128;
  r.tokens_per_batch = 64;
  r.grad_accum_steps = 2;
  r.max_seq_len = 32;
  r.warmup_steps = 4;
  r.lr = 3e-3;
  return r;
}

TEST(Schedule, CosineIsTheGoldensFormula) {
  const Schedule schedule(small());
  ASSERT_EQ(schedule.steps(), 20u);
  for (uint64_t s = 0; s < 20; ++s) {
    const double x = static_cast<double>(s);
    const double want =
        s < 4 ? 3e-3 * (x + 1) / 4 : 3e-3 * (0.1 + 0.9 * 0.5 * (1 + std::cos(M_PI * (x - 4) / 16)));
    EXPECT_NEAR(schedule.lr(s), want, 1e-18) << s;
  }
}

TEST(Schedule, WsdIsConstantAndDecaysAtTheEnd) {
  TrainRecipe r = small();
  r.schedule = ScheduleKind::wsd;
  r.decay_ratio = 0.25;  // the last 5 steps
  const Schedule schedule(r);
  EXPECT_DOUBLE_EQ(schedule.lr(0), 3e-3 / 4);
  for (uint64_t s = 4; s < 15; ++s) EXPECT_DOUBLE_EQ(schedule.lr(s), 3e-3) << s;
  for (uint64_t s = 15; s < 20; ++s)
    EXPECT_DOUBLE_EQ(schedule.lr(s), 3e-3 * (0.1 + 0.9 * (1 - std::sqrt(static_cast<double>(s - 14) / 5))))
        << s;
  EXPECT_DOUBLE_EQ(schedule.lr(19), 3e-4);
  // More tokens later only move the tail.
  r.target_tokens *= 2;
  for (uint64_t s = 0; s < 15; ++s) EXPECT_EQ(Schedule(r).lr(s), schedule.lr(s));
}

TEST(Schedule, TheCurriculumSetsTheLengthOfRowsAndKeepsTheTokensOfAStep) {
  TrainRecipe r = small();
  r.length_curriculum = "(8,5)(16, 10)(64,-1)";
  const Schedule schedule(r);
  EXPECT_EQ(schedule.length(0), 8u);
  EXPECT_EQ(schedule.length(4), 8u);
  EXPECT_EQ(schedule.length(5), 16u);
  EXPECT_EQ(schedule.length(10), 32u) << "capped at max_seq_len";
  ASSERT_EQ(schedule.notices().size(), 1u);
  for (uint64_t s = 0; s < 20; ++s) EXPECT_EQ(schedule.rows_per_batch(s) * schedule.length(s), 64u);
  EXPECT_EQ(schedule.tokens_before(20), 20u * 128);
}

TEST(Schedule, PhasesAreTheLengthsOfAllSteps) {
  TrainRecipe r = small();
  for (const char* curriculum :
       {"", "(8,5)(16, 10)(64,-1)", "(8,5)(16,50)(32,-1)", "(8,20)(16,-1)", "(8,19)(16,-1)"}) {
    r.length_curriculum = curriculum;
    const Schedule schedule(r);
    uint64_t step = 0;
    for (const Schedule::Phase& phase : schedule.phases()) {
      EXPECT_EQ(phase.begin, step) << curriculum;
      for (; step < phase.end; ++step) EXPECT_EQ(schedule.length(step), phase.length) << curriculum << step;
    }
    EXPECT_EQ(step, schedule.steps()) << curriculum;
  }
}

TEST(Schedule, RefusesACurriculumOfAnotherForm) {
  for (const char* bad :
       {"256", "(256)", "(256,-1)(512,-1)", "(256,500)", "(256,500)(512,400)(512,-1)", "(0,-1)",
        "(256,0)(512,-1)", "(256,-2)", "(99999999999999999999,-1)", "(256,500)x(512,-1)"})
    EXPECT_THROW(parse_curriculum(bad, 512), Error) << bad;
  EXPECT_EQ(parse_curriculum("", 512).at(0).length, 512u);
}

TEST(Schedule, PhasesThatTheCapMakesEqualAreOne) {
  const auto entries = parse_curriculum("(256,500)(1024,900)(2048,-1)", 512);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].length, 512u);
  EXPECT_EQ(entries[1].until, UINT64_MAX);
}

TEST(Schedule, RefusesABatchThatHoldsNoWholeRows) {
  TrainRecipe r = small();
  r.tokens_per_batch = 1000;
  r.max_seq_len = 512;
  try {
    Schedule{r};
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_STREQ(
        error.what(),
        "train.tokens_per_batch: is 1000, which holds no whole number of rows of 512 tokens; 512 would");
  }
}

TEST(Schedule, SaysWhenTheWarmupNeverEnds) {
  TrainRecipe r = small();
  r.warmup_steps = 1000;
  ASSERT_EQ(Schedule(r).notices().size(), 1u);
  EXPECT_THAT(Schedule(r).notices()[0], testing::HasSubstr("warmup_steps is 1000 but the run has 20 steps"));
}

}  // namespace
}  // namespace bantam
