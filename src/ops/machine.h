// What this machine can do, measured with our own kernels: the yardsticks that rates are reported against.
#pragma once
#include "tensor/dtype.h"

namespace bantam {

// Billion floating-point operations a second of the products that training runs (2,048 rows, width 512 to 1,408), with
// all threads; the best of repeated runs over about `seconds`.
double measured_gemm_gflops(Dtype dtype, double seconds = 0.3);

// Billion bytes a second that all threads together read from memory: a stream over a buffer of `megabytes`, which
// should be several times the last-level cache.
double measured_read_gigabytes(size_t megabytes = 1024);

}  // namespace bantam
