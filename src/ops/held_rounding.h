// Rounding that stands still, for tests of what is learnt straight through it.
//   Straight-through: Bengio et al. 2013 (arXiv:1308.3432).
#pragma once
#include <vector>

#include "tensor/mat.h"

namespace bantam {

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
