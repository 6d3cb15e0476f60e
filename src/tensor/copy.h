// Copies and conversions between matrices of any element types, and the sums that gradients need.
#pragma once
#include "tensor/arena.h"
#include "tensor/mat.h"

namespace bantam {

// to = from, or to += from with `accumulate`. Same shape; element types may differ. Nothing happens on
// `meta`.
void copy(Device device, ConstMat from, Mat to, bool accumulate = false);
void fill_zero(Device device, Mat to);

}  // namespace bantam
