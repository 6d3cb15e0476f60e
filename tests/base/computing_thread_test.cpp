#include "base/computing_thread.h"

#include <gtest/gtest.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <thread>

namespace bantam {
namespace {

float half_of(float x) {
  volatile float value = x;
  return value / 2;
}

#if defined(__x86_64__)  // no other processor is set up
TEST(ComputingThread, FlushesDenormalsWhileItLives) {
  // A thread of its own, in the mode that threads have before the pool sets them up.
  std::thread([] {
    _mm_setcsr(0x1f80);
    const float small = 2e-38f;
    EXPECT_GT(half_of(small), 0);
    {
      const ComputingThread computing;
      EXPECT_EQ(half_of(small), 0);
      const ComputingThread again;
      EXPECT_EQ(half_of(small), 0);
    }
    EXPECT_GT(half_of(small), 0);
  }).join();
}
#endif

}  // namespace
}  // namespace bantam
