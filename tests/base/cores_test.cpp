#include "base/cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "base/error.h"
#include "base/threads.h"

namespace bantam {
namespace {

using Cores = std::vector<int>;

TEST(Cores, AreListsAndRanges) {
  EXPECT_EQ(parse_cores("3"), Cores{3});
  EXPECT_EQ(parse_cores("0-3,6"), (Cores{0, 1, 2, 3, 6}));
  EXPECT_EQ(parse_cores("6,0-1,1"), (Cores{0, 1, 6}));
  for (const char* wrong : {"", "a", "-1", "1-", "3-1", "1,", "1,,2", "1 2", "0-99999999999", "4096", "0x1"})
    EXPECT_THROW(parse_cores(wrong), Error) << wrong;
}

// In a thread of its own, which alone is held.
TEST(Cores, HoldTheProcess) {
  std::thread([] {
    cpu_set_t may;
    ASSERT_EQ(::sched_getaffinity(0, sizeof may, &may), 0);
    int first = 0;
    while (!CPU_ISSET(static_cast<size_t>(first), &may)) ++first;
    use_cores({first});
    EXPECT_EQ(available_processors(), 1);
    int other = 0;
    while (other == first) ++other;
    EXPECT_THROW(use_cores({other}), Error);
  }).join();
}

}  // namespace
}  // namespace bantam
