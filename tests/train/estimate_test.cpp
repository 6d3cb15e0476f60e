#include "train/estimate.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/random.h"

namespace bantam {
namespace {

// A run whose steps get longer halfway and whose pauses cost what they cost; times have 20 % noise.
struct SimulatedRun {
  static constexpr uint64_t kSteps = 1000;
  TimeEstimate estimate{kSteps, {250, 400, 300}, [](uint64_t step) { return step < 500 ? 1e9 : 1.5e9; }};
  double clock = 0;
  std::vector<double> predicted_end, times = {};  // by step

  double noise(uint64_t i) { return 0.9 + 0.2 * RandomStream(1, "noise").uniform(i); }
  void pause(TimeEstimate::Pause kind, double seconds) {
    estimate.pause_took(kind, seconds);
    clock += seconds;
  }
  void run(uint64_t from, uint64_t to) {
    for (uint64_t step = from; step < to; ++step) {
      const double seconds = (step == from ? 8.0 : 1.0) * (step < 500 ? 1.0 : 1.5) * noise(step);
      estimate.step_took(step, seconds);
      clock += seconds;
      const uint64_t done = step + 1;
      if (done % 250 == 0) pause(TimeEstimate::evaluation, 40);
      if (done % 400 == 0 || done == kSteps) pause(TimeEstimate::sample, 10);
      if (done % 300 == 0 || done == kSteps) pause(TimeEstimate::checkpoint, 25);
      predicted_end.push_back(clock + estimate.remaining(done));
      times.push_back(clock);
    }
  }
  void expect_close(size_t from) const {
    const double end = times.back();
    for (size_t i = from; i < times.size(); ++i) {
      const double left = end - times[i];
      EXPECT_NEAR(predicted_end[i], end, 0.1 * left + 2) << "after step " << i + 1;
    }
  }
};

TEST(TimeEstimate, IsWithinATenthFromATenthOfTheRunOn) {
  SimulatedRun run;
  run.pause(TimeEstimate::evaluation, 40);  // before the first step
  run.pause(TimeEstimate::checkpoint, 25);
  run.run(0, SimulatedRun::kSteps);
  run.expect_close(100);
}

TEST(TimeEstimate, AfterARestartPausesAreKnownAndRatesMeasuredAnew) {
  SimulatedRun first;
  first.pause(TimeEstimate::evaluation, 40);
  first.pause(TimeEstimate::checkpoint, 25);
  first.run(0, 450);
  SimulatedRun second;
  second.estimate.restore(Json::parse(first.estimate.state().dump()));
  EXPECT_EQ(second.estimate.remaining(450), 0) << "no rate yet";
  second.run(450, SimulatedRun::kSteps);
  second.expect_close(30);
}

TEST(TimeEstimate, CountsWhatIsLeft) {
  TimeEstimate e(10, {0, 0, 4}, [](uint64_t) { return 1.0; });
  e.step_took(0, 100);
  for (uint64_t step = 1; step < 4; ++step) e.step_took(step, 1);
  e.pause_took(TimeEstimate::evaluation, 7);
  e.pause_took(TimeEstimate::sample, 1000);
  e.pause_took(TimeEstimate::checkpoint, 5);
  EXPECT_NEAR(e.remaining(4), 6 * 1 + 7 + 2 * 5, 1e-9)
      << "steps 5 … 10, the last evaluation, saves at 8 and 10";
  EXPECT_NEAR(e.remaining(9), 1 + 7 + 5, 1e-9);
  EXPECT_NEAR(e.remaining(10), 0, 1e-9);
  EXPECT_NEAR(e.flops_per_second(), 1, 1e-9) << "the first step is not the others' measure";
}

}  // namespace
}  // namespace bantam
