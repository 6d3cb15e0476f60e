// The token before, within a segment.
#pragma once
#include <span>

#include "ops/segment.h"
#include "tensor/tensor.h"

namespace bantam {

// y[t] = x[t − 1], and zero at the first token of a segment. x: [T, C]; differentiable in x.
Tensor token_shift(const Tensor& x, const Segments& segments);

// Decoding: the first token of segment s continues from carried[s] (C values of f32), which then takes the segment's
// last row. Not differentiable.
Tensor token_shift_step(const Tensor& x, const Segments& segments, std::span<float* const> carried);

}  // namespace bantam
