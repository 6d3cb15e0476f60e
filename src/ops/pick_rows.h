// Some rows of many, for heads that read a few positions only.
#pragma once
#include <cstddef>
#include <span>

#include "tensor/tensor.h"

namespace bantam {

// y[i] = x[rows[i]], and zero from i = rows.size() on.  x: [T, D] of any dtype; rows: indices below T, rising; y: [size, D],
// where size is rows.size() or, if that is more, `at_least`. Differentiable.
Tensor pick_rows(const Tensor& x, std::span<const size_t> rows, size_t at_least = 0);

}  // namespace bantam
