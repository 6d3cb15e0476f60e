#include "base/pause.h"

#include <gtest/gtest.h>

#include <csignal>

namespace bantam {
namespace {

TEST(Pause, TheSignalTurnsItOnAndOff) {
  {
    const PauseScope outer;
    EXPECT_FALSE(paused());
    {
      const PauseScope inner;
      std::raise(SIGUSR1);
      EXPECT_TRUE(paused());
    }
    EXPECT_TRUE(paused());
    std::raise(SIGUSR1);
    EXPECT_FALSE(paused());
    std::raise(SIGUSR1);
  }
  EXPECT_FALSE(paused()) << "the next work does not begin at rest";
  struct sigaction now {};
  ::sigaction(SIGUSR1, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace bantam
