// The Mamba-2 recurrence on the reference device, and the matrices that its kernels take.
#pragma once
#include "ops/mamba2.h"
#include "tensor/mat.h"
#include "tensor/tape.h"

namespace bantam {

// The inputs, `step` empty where it is 1; on the way back their gradients, where wanted. See Mamba2Inputs.
struct Mamba2Matrices {
  ConstMat x, b, c, log_decay, step, skip;
  size_t heads, groups;
};
struct Mamba2Gradients {
  GradientTarget x, b, c, log_decay, step, skip;
};

// In f64, straight from the definition. `kept` and `room` are the CPU's kernels'; not used here.
void mamba2_reference_forward(const Mamba2Matrices& x, const Segments& segments, Mat y, Mat kept);
void mamba2_reference_backward(const Mamba2Matrices& x, const Segments& segments, Mat kept, ConstMat dy,
                               Mat room, const Mamba2Gradients& to);

}  // namespace bantam
