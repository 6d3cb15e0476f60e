// y = x̂ Ŵᵀ with ternary weights and 8-bit activations, learnt through the rounding.
//   BitNet b1.58: Ma et al. 2024 (arXiv:2402.17764, eq. 1-3); straight-through: Bengio et al. 2013 (arXiv:1308.3432).
// Dimensions:  T tokens   K inputs   N outputs
//
//   q[t, k] = round(127 x[t, k] / max_k |x[t, k]|)           x̂ = a_t q, a_t = max_k |x[t, k]| / 127
//   b[n, k] = clamp(round(W[n, k] / s), −1, 1)               Ŵ = s b,   s = mean |W| of the checkpoint tensor that row n is of
//   y[t, n] = a_t s_n Σ_k q[t, k] b[n, k]                    the sum in whole numbers: exact in every order
//
// A row or tensor of zeros stays zeros. Halves are rounded to even.
#pragma once
#include <vector>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// x: [T, K] f32, bf16 (f64 on the reference device); weight: [N, K]; result [T, N], dtype of x. What goes back is by
// definition dx = dy Ŵ and dW = dyᵀ x̂, as if neither had been rounded. Under a tape the product is oneDNN's on whole numbers
// in the dtype of x. Without one it is our own, on 2-bit weights and 8-bit rows (simd/ternary.h), packed when a weight is
// first read: the same bits, as long as 127 K < 2²⁴.
Tensor ternary_linear(const Tensor& x, Weight& weight);

// A function with steps has no slope to hold a gradient against, and two devices may stand on two sides of a step. While one
// of these is in scope, what ternary_linear rounds is written down call by call, and said again from the first call on:
// `record` by any device, the others by the reference device.
class HeldRounding {
 public:
  enum class Use {
    record,  // round, and write down
    repeat,  // q and b as they were, whatever they would be rounded to now
    straight_through,  // x + c and W + C with c = x̂ − x, C = Ŵ − W as they were: the function whose derivative goes back
  };
  HeldRounding();
  ~HeldRounding();
  HeldRounding(const HeldRounding&) = delete;
  HeldRounding& operator=(const HeldRounding&) = delete;

  void begin(Use use);
  static HeldRounding* current();
  // exact: [R, K], whole: its rounding in units of the row's unit; `whole` is written unless `record`.
  void visit(ConstMat exact, Mat whole, ConstMat units);

 private:
  struct Call {
    std::vector<double> whole, moved;
  };
  HeldRounding* previous_;
  Use use_ = Use::record;
  std::vector<Call> calls_;
  size_t next_ = 0;
};

}  // namespace bantam
