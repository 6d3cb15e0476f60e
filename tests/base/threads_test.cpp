#include "base/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace bantam {
namespace {

TEST(Threads, EveryTaskRunsOnce) {
  for (const int threads : {1, 2, 3, 5}) {
    set_thread_count(threads);
    for (size_t tasks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> count(tasks);
      parallel_for(tasks, [&](size_t i) { ++count[i]; });
      for (auto& c : count) EXPECT_EQ(c, 1);
    }
  }
}

TEST(Threads, ManyShortJobs) {
  set_thread_count(3);
  std::atomic<size_t> total{0};
  for (int i = 0; i < 20000; ++i) parallel_for(4, [&](size_t task) { total += task; });
  EXPECT_EQ(total, 20000u * 6);
}

TEST(Threads, FirstExceptionIsRethrownAndThePoolStaysUsable) {
  set_thread_count(2);
  EXPECT_THROW(parallel_for(100,
                            [](size_t i) {
                              if (i == 50) throw std::runtime_error("task");
                            }),
               std::runtime_error);
  std::atomic<int> ran{0};
  parallel_for(10, [&](size_t) { ++ran; });
  EXPECT_EQ(ran, 10);
}

TEST(Threads, NestedCallsRunInline) {
  set_thread_count(2);
  std::atomic<int> ran{0};
  parallel_for(4, [&](size_t) { parallel_for(5, [&](size_t) { ++ran; }); });
  EXPECT_EQ(ran, 20);
}

TEST(Threads, BlocksCoverTheRange) {
  set_thread_count(2);
  std::vector<std::atomic<int>> count(1001);
  parallel_blocks(count.size(), 64, [&](size_t begin, size_t end) {
    EXPECT_LE(end - begin, 64u);
    for (size_t i = begin; i < end; ++i) ++count[i];
  });
  for (auto& c : count) EXPECT_EQ(c, 1);
}

TEST(Threads, AStepMayRunAloneAndStillCoversAllTasks) {
  set_thread_count(2);
  for (int step = 0; step < 300; ++step) {
    const TeamStep team;
    std::atomic<int> ran{0};
    for (int phase = 0; phase < 4; ++phase) parallel_for(8, [&](size_t) { ++ran; });
    ASSERT_EQ(ran, 32);
  }
}

}  // namespace
}  // namespace bantam
