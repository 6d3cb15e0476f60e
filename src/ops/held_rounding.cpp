#include "ops/held_rounding.h"

#include <utility>

#include "tensor/copy.h"

namespace bantam {
namespace {

thread_local HeldRounding* held_rounding = nullptr;

std::vector<double> values_of(ConstMat m) {
  std::vector<double> values(m.rows * m.cols);
  copy(Device::cpu, m, Mat(values.data(), m.rows, m.cols, m.cols, Dtype::f64));
  return values;
}

}  // namespace

HeldRounding::HeldRounding() : previous_(std::exchange(held_rounding, this)) {}
HeldRounding::~HeldRounding() { held_rounding = previous_; }
HeldRounding* HeldRounding::current() { return held_rounding; }

void HeldRounding::begin(Use use) {
  if (use == Use::record) calls_.clear();
  use_ = use;
  next_ = 0;
}

void HeldRounding::visit(ConstMat exact, Mat whole, ConstMat units) {
  if (use_ == Use::record) {
    const std::vector<double> was = values_of(exact), unit = values_of(units);
    Call& call = calls_.emplace_back(Call{values_of(whole), {}});
    for (size_t i = 0; i < was.size(); ++i)
      call.moved.push_back(unit[i / exact.cols] * call.whole[i] - was[i]);
    return;
  }
  BANTAM_ASSERT(whole.dtype == Dtype::f64 && next_ < calls_.size());
  const Call& call = calls_[next_++];
  BANTAM_ASSERT(call.whole.size() == exact.rows * exact.cols);
  for (size_t i = 0; i < exact.rows; ++i)
    for (size_t j = 0; j < exact.cols; ++j) {
      const size_t at = i * exact.cols + j;
      const double unit = *units.row<double>(i);
      double& to = whole.row<double>(i)[j];
      if (use_ == Use::repeat)
        to = call.whole[at];
      else
        to = unit > 0 ? (exact.row<double>(i)[j] + call.moved[at]) / unit : 0;
    }
}

}  // namespace bantam
