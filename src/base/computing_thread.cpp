#include "base/computing_thread.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Weak, so that base needs no OpenMP itself.
extern "C" __attribute__((weak)) void omp_set_num_threads(int);
extern "C" __attribute__((weak)) int omp_get_max_threads();

namespace bantam {
namespace {

#if defined(__x86_64__)
unsigned float_mode() { return _mm_getcsr(); }
void set_float_mode(unsigned mode) { _mm_setcsr(mode); }
constexpr unsigned kFlushDenormals = 0x8040;  // FTZ and DAZ
#else
unsigned float_mode() { return 0; }
void set_float_mode(unsigned) {}
constexpr unsigned kFlushDenormals = 0;
#endif

}  // namespace

ComputingThread::ComputingThread()
    : float_mode_(float_mode()), openmp_threads_(omp_get_max_threads != nullptr ? omp_get_max_threads() : 0) {
  set_float_mode(float_mode_ | kFlushDenormals);
  if (openmp_threads_ > 0) omp_set_num_threads(1);
}

ComputingThread::~ComputingThread() {
  set_float_mode(float_mode_);
  if (openmp_threads_ > 0) omp_set_num_threads(openmp_threads_);
}

}  // namespace bantam
