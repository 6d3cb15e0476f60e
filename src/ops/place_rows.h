// Some rows of many replaced by others, for inputs that are no tokens.
#pragma once
#include <cstddef>
#include <span>

#include "tensor/tensor.h"

namespace bantam {

// y = x, but y[rows[i]] = v[i].  x: [T, D], v: [rows.size(), D] of the same dtype; rows: indices below T, rising.
// Differentiable in both.
Tensor place_rows(const Tensor& x, const Tensor& v, std::span<const size_t> rows);

}  // namespace bantam
