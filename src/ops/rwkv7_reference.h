// The RWKV-7 recurrence on the reference device, and the matrices that its kernels take.
#pragma once
#include "ops/rwkv7.h"
#include "tensor/mat.h"
#include "tensor/tape.h"

namespace bantam {

// The inputs; on the way back their gradients, where wanted. See Rwkv7Inputs.
struct Rwkv7Matrices {
  ConstMat r, w, k, v, kappa, a;
  Rwkv7Removal removal;
};
struct Rwkv7Gradients {
  GradientTarget r, w, k, v, kappa, a;
};

// In f64, straight from the definition. `kept` is room for what the CPU's kernel keeps; not used here.
void rwkv7_reference_forward(const Rwkv7Matrices& x, size_t heads, const Segments& segments, Mat o, Mat kept);
void rwkv7_reference_backward(const Rwkv7Matrices& x, size_t heads, const Segments& segments, Mat kept,
                              ConstMat d_o, const Rwkv7Gradients& to);

}  // namespace bantam
