#include "train/validation_record.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace bantam {
namespace {

using Steps = std::vector<uint64_t>;

TEST(ValidationRecord, KeepsTheLowestLosses) {
  ValidationRecord record(2, {});
  EXPECT_TRUE(record.add(0, 5));
  EXPECT_TRUE(record.add(10, 4));
  EXPECT_EQ(record.best_steps(), (Steps{10, 0}));
  EXPECT_FALSE(record.add(20, 6));
  EXPECT_TRUE(record.add(30, 4.5));
  EXPECT_EQ(record.best_steps(), (Steps{10, 30}));
  EXPECT_FALSE(record.add(40, 4.5)) << "the earlier of two equal ones";
  EXPECT_FALSE(record.add(50, std::nan("")));
  EXPECT_TRUE(record.add(60, 1));
  EXPECT_EQ(record.best_steps(), (Steps{60, 10}));
  EXPECT_FALSE(record.stalled());
}

TEST(ValidationRecord, KeepsNoneWhereNoneIsAskedFor) {
  ValidationRecord record(0, {});
  EXPECT_FALSE(record.add(0, 5));
  EXPECT_TRUE(record.best().empty());
}

TEST(ValidationRecord, StallsWhereNothingGetsBetterByEnough) {
  ValidationRecord record(0, {.evaluations = 3, .min_improvement = 0.1});
  for (const double loss : {5.0, 4.0, 3.95, 3.92}) {
    record.add(0, loss);
    EXPECT_FALSE(record.stalled());
  }
  ValidationRecord slow = record;
  record.add(0, 3.91);
  EXPECT_TRUE(record.stalled()) << "three in a row within 0.1 of 4.0";
  slow.add(0, 3.85);
  EXPECT_FALSE(slow.stalled()) << "better than 4.0 by 0.15, if little by little";
  for (int i = 0; i < 3; ++i) slow.add(0, std::nan(""));
  EXPECT_TRUE(slow.stalled());
}

TEST(ValidationRecord, GoesOnAsIfNeverStopped) {
  ValidationRecord straight(2, {.evaluations = 2, .min_improvement = 0});
  Json state = straight.state();
  uint64_t step = 0;
  for (const double loss : {5.1, 4.3, 4.4, 4.2, 4.25, 4.21}) {
    ValidationRecord resumed(2, {.evaluations = 2, .min_improvement = 0});
    resumed.restore(Json::parse(state.dump()));
    EXPECT_EQ(resumed.add(step, loss), straight.add(step, loss));
    EXPECT_EQ(resumed.stalled(), straight.stalled());
    EXPECT_EQ(resumed.best(), straight.best());
    state = resumed.state();
    step += 10;
  }
  EXPECT_TRUE(straight.stalled());
}

}  // namespace
}  // namespace bantam
