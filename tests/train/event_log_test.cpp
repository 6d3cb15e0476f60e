#include "train/event_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "formats/event_reader.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using Scalars = std::map<std::string, float>;

TEST(EventLog, ShowsWhatTheLogHolds) {
  const TemporaryFolder run;
  {
    EventLog log(run.path());
    log.add({{"step", 0}, {"tokens", 0}, {"eval", {{"valid_loss", 8.5}, {"valid_bins", {1, 2}}}}});
    log.add({{"step", 1},
             {"tokens", 64},
             {"loss", 8.0},
             {"lr", 0.5},
             {"terms", {{"ce", 7.5}}},
             {"tokens_per_second", 1000},
             {"seconds", 0.1}});
    log.add({{"step", 1}, {"samples", {{{"prompt", "On\nce"}, {"text", " upon \xff"}}}}});
    log.add({{"step", 2}, {"tokens", 128}, {"skipped", "loss nan"}, {"lr", 0.25}});
  }
  const auto files = EventReader::files(run.path());
  ASSERT_EQ(files.size(), 1u);
  const std::vector<ReadEvent> events = EventReader::read(files[0]);
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(events[2].scalars, (Scalars{{"valid/loss", 8.5f}}));
  EXPECT_EQ(events[3].step, 1u);
  EXPECT_EQ(events[3].scalars, (Scalars{{"train/loss", 8.f},
                                        {"train/lr", 0.5f},
                                        {"terms/ce", 7.5f},
                                        {"machine/tokens_per_second", 1000.f}}));
  EXPECT_EQ(events[4].texts.at("samples/0"), "    On\n    ce upon \xEF\xBF\xBD");
  EXPECT_EQ(events[5].scalars, (Scalars{{"train/lr", 0.25f}}));
  EXPECT_EQ(events[5].texts.at("train/skipped"), "    loss nan");
}

TEST(EventLog, ARunThatGoesOnDropsWhatItDoesAgain) {
  const TemporaryFolder run;
  const auto step = [](uint64_t n) { return Json{{"step", n}, {"loss", 1.0 / n}, {"lr", 0.1}}; };
  {
    EventLog first(run.path());
    for (const uint64_t n : {1, 2, 3}) first.add(step(n));
  }
  {
    EventLog second(run.path());
    for (const uint64_t n : {3, 4}) second.add(step(n));
  }
  { const EventLog nothing_left(run.path()); }
  const auto files = EventReader::files(run.path());
  ASSERT_EQ(files.size(), 2u);
  std::vector<uint64_t> steps;  // as a reader keeps them
  for (const auto& file : files)
    for (const ReadEvent& event : EventReader::read(file)) {
      while (event.starts && !steps.empty() && steps.back() >= event.step) steps.pop_back();
      if (!event.scalars.empty()) steps.push_back(event.step);
    }
  EXPECT_EQ(steps, (std::vector<uint64_t>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace bantam
