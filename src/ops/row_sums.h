// Sums over the rows of a batch with a fixed partition, so that their bits do not depend on the number of threads.
#pragma once
#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "base/function_ref.h"
#include "tensor/mat.h"

namespace bantam {

// Rows that one task of an element-wise op takes.
inline constexpr size_t kRowsPerTask = 32;

// Calls row(t, partial) for every t < rows, in parallel; `partial` ([target.cols] f32, zero at first) belongs to a
// fixed block of rows. Then target = (or += with `accumulate`) Σ partials, in order. target: [1, n] f32; with no data,
// `partial` is null and only the calls are made.
void sum_over_rows(size_t rows, Mat target, bool accumulate, FunctionRef<void(size_t t, float* partial)> row);

// The same for a kernel written once for both devices: `partial` is float*, or on the reference device the f64 target.
template <class Sum, class F>
void sum_rows_in(size_t rows, Mat target, bool accumulate, F row) {
  if constexpr (std::is_same_v<Sum, float>) {
    sum_over_rows(rows, target, accumulate, row);
  } else {
    Sum* total = target.data == nullptr ? nullptr : target.row<Sum>(0);
    if (total != nullptr && !accumulate) std::fill_n(total, target.cols, Sum(0));
    for (size_t t = 0; t < rows; ++t) row(t, total);
  }
}

}  // namespace bantam
