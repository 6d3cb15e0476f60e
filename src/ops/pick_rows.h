// Some rows of many, for heads that read a few positions only.
#pragma once
#include <bit>
#include <cstddef>
#include <span>

#include "tensor/tensor.h"

namespace bantam {

// How many rows stand for `count` of them in a product. oneDNN compiles each shape and keeps it; a count that is another in
// each step must have few.
constexpr size_t filled_rows(size_t count) { return std::bit_ceil(count); }

// y[i] = x[rows[i]], and the last of them again up to `at_least` rows.  x: [T, D] of any dtype; rows: indices below T, rising,
// one at least where at_least is above 0; y: [max(rows.size(), at_least), D]. Differentiable.
Tensor pick_rows(const Tensor& x, std::span<const size_t> rows, size_t at_least = 0);

// The first `count` rows of x, which are x itself where it has no more. Differentiable.
Tensor first_rows(const Tensor& x, size_t count);

}  // namespace bantam
