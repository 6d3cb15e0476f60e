#include "base/progress.h"

#include <gtest/gtest.h>

#include <csignal>

#include "base/interrupt.h"

namespace bantam {
namespace {

TEST(Progress, Texts) {
  EXPECT_EQ(duration_text(48.4), "48 s");
  EXPECT_EQ(duration_text(192), "3 min 12 s");
  EXPECT_EQ(duration_text(7500), "2 h 05 min");
  EXPECT_EQ(duration_text(200 * 3600), "8 days 8 h");
  EXPECT_EQ(duration_text(10 * 365.25 * 86400), "10.0 years");
  EXPECT_EQ(duration_text(-1), "0 s");
  EXPECT_EQ(bytes_text(812), "812 B");
  EXPECT_EQ(bytes_text(999.7e6), "1.0 GB");
  EXPECT_EQ(bytes_text(123456), "123 kB");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
}

TEST(Interrupt, TheFirstSignalIsRemembered) {
  {
    const InterruptScope outer;
    EXPECT_FALSE(interrupted());
    {
      const InterruptScope inner;
      std::raise(SIGTERM);
    }
    EXPECT_TRUE(interrupted());
  }
  const InterruptScope again;
  EXPECT_FALSE(interrupted());
}

TEST(Interrupt, TheSecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        const InterruptScope scope;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace bantam
