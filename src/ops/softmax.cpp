#include "ops/softmax.h"

#include <algorithm>
#include <cmath>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

template <class T>
void softmax_forward(ConstMat x, Mat y) {
  parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      const T *in = x.row<T>(t), top = *std::max_element(in, in + x.cols);
      double total = 0;
      for (size_t i = 0; i < x.cols; ++i) total += std::exp(static_cast<double>(in[i]) - top);
      for (size_t i = 0; i < x.cols; ++i)
        y.row<T>(t)[i] = static_cast<T>(std::exp(static_cast<double>(in[i]) - top) / total);
    }
  });
}

template <class T>
void softmax_backward(ConstMat dy, ConstMat y, Mat dx, bool add_dx) {
  parallel_blocks(y.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      double along = 0;
      for (size_t i = 0; i < y.cols; ++i) along += static_cast<double>(dy.row<T>(t)[i]) * y.row<T>(t)[i];
      for (size_t i = 0; i < y.cols; ++i) {
        T& to = dx.row<T>(t)[i];
        to = (add_dx ? to : T(0)) + static_cast<T>(y.row<T>(t)[i] * (dy.row<T>(t)[i] - along));
      }
    }
  });
}

constinit Kernel<void(ConstMat, Mat)> softmax_kernel{"softmax_rows", softmax_forward<float>,
                                                     softmax_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> softmax_backward_kernel{
    "softmax_rows backward", softmax_backward<float>, softmax_backward<double>};
}  // namespace

Tensor softmax_rows(const Tensor& x) {
  Output y = like(x), kept = like(x);
  softmax_kernel(x.device(), x.mat(), y.mat());
  copy(x.device(), y.mat(), kept.mat());
  const Tensor y_kept = constant("the result, for the way back", std::move(kept));
  return record("softmax_rows", std::move(y), {&x}, [x, y_kept](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    softmax_backward_kernel(dy.device(), dy.mat(), y_kept.mat(), dx.mat, dx.accumulate);
  });
}

}  // namespace bantam
