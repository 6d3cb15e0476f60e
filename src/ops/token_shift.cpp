#include "ops/token_shift.h"

#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam {

Tensor token_shift(const Tensor& x, const Segments& segments) {
  Output y = like(x);
  for (const auto& [start, length] : segments) {
    fill_zero(x.device(), y.mat().slice_rows(start, 1));
    copy(x.device(), x.mat().slice_rows(start, length - 1), y.mat().slice_rows(start + 1, length - 1));
  }
  return record("token_shift", std::move(y), {&x}, [x, segments](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    for (const auto& [start, length] : segments) {
      copy(dy.device(), dy.mat().slice_rows(start + 1, length - 1), dx.mat.slice_rows(start, length - 1),
           dx.accumulate);
      if (!dx.accumulate) fill_zero(dy.device(), dx.mat.slice_rows(start + length - 1, 1));
    }
  });
}

Tensor token_shift_step(const Tensor& x, const Segments& segments, std::span<float* const> carried) {
  Output y = like(x);
  for (size_t s = 0; s < segments.size(); ++s) {
    const auto [start, length] = segments[s];
    const Mat before(carried[s], 1, x.cols(), x.cols(), Dtype::f32);
    copy(x.device(), before, y.mat().slice_rows(start, 1));
    copy(x.device(), x.mat().slice_rows(start, length - 1), y.mat().slice_rows(start + 1, length - 1));
    copy(x.device(), x.mat().slice_rows(start + length - 1, 1), before);
  }
  return constant("decoding keeps no gradients", std::move(y));
}

}  // namespace bantam
