#include "formats/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/error.h"
#include "formats/event_reader.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

TEST(EventFile, ChecksumIsTheOneOfIscsi) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(EventFile, HoldsWhatWasAdded) {
  const TemporaryFolder folder;
  EventFile file(folder.path(), 0);
  file.add(0, {{{"valid/loss", 7.5}}, {}});
  file.add(300, {{{"train/loss", 1.25}, {"train/lr", 3e-4}}, {{"samples/0", "one\ntwo"}}});
  const std::vector<ReadEvent> events = EventReader::read(file.path());
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].version, "brain.Event:2");
  EXPECT_TRUE(events[1].starts);
  EXPECT_EQ(events[2].step, 0u);
  EXPECT_EQ(events[2].scalars.at("valid/loss"), 7.5f);
  EXPECT_EQ(events[3].step, 300u);
  EXPECT_EQ(events[3].scalars.at("train/loss"), 1.25f);
  EXPECT_EQ(events[3].scalars.at("train/lr"), 3e-4f);
  EXPECT_EQ(events[3].texts.at("samples/0"), "one\ntwo");
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const ReadEvent& event : events) EXPECT_NEAR(event.wall_time, now, 600);
}

TEST(EventFile, EachIsLaterThanThoseBeforeByItsName) {
  const TemporaryFolder folder;
  folder.write("events.out.tfevents.9000000000.other", "");  // of a clock that was ahead
  folder.write("events.out.tfevents.x", "");
  const EventFile first(folder.path(), 1), second(folder.path(), 501);
  EXPECT_EQ(first.path().filename(), "events.out.tfevents.9000000001.bantam");
  EXPECT_EQ(second.path().filename(), "events.out.tfevents.9000000002.bantam");
  const std::vector<ReadEvent> events = EventReader::read(second.path());
  EXPECT_TRUE(events.at(1).starts);
  EXPECT_EQ(events.at(1).step, 501u);
}

TEST(EventFile, AFolderThatIsNotThereIsNamed) {
  try {
    EventFile("/nonexistent/run", 0);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("/nonexistent/run"));
  }
}

}  // namespace
}  // namespace bantam
