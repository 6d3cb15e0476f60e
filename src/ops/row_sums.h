// Sums over the rows of a batch with a fixed partition, so that their bits do not depend on the number of threads.
#pragma once
#include <cstddef>

#include "base/function_ref.h"
#include "tensor/mat.h"

namespace bantam {

// Rows that one task of an element-wise op takes.
inline constexpr size_t kRowsPerTask = 32;

// Calls row(t, partial) for every t < rows, in parallel; `partial` ([target.cols] f32, zero at first) belongs to a
// fixed block of rows. Then target = (or += with `accumulate`) Σ partials, in order. target: [1, n] f32; with no data,
// `partial` is null and only the calls are made.
void sum_over_rows(size_t rows, Mat target, bool accumulate, FunctionRef<void(size_t t, float* partial)> row);

}  // namespace bantam
