// Some rows of many, for heads that read a few positions only.
#pragma once
#include <cstddef>
#include <span>

#include "tensor/tensor.h"

namespace bantam {

// y[i] = x[rows[i]].  x: [T, D] of any dtype; rows: indices below T, rising; y: [rows.size(), D]. Differentiable.
Tensor pick_rows(const Tensor& x, std::span<const size_t> rows);

}  // namespace bantam
