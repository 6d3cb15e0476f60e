#include "ops/head_rms_norm.h"

#include <cmath>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

template <class X, class Sum>
Sum scale_of(const X* x, size_t width, float eps) {
  Sum squares = 0;
  for (size_t i = 0; i < width; ++i) squares += static_cast<Sum>(x[i]) * static_cast<Sum>(x[i]);
  return 1 / std::sqrt(squares / static_cast<Sum>(width) + static_cast<Sum>(eps));
}

template <class X, class Sum>
void forward_in(ConstMat x, ConstMat gain, float eps, Mat y) {
  const size_t width = gain.cols;
  const Sum* g = gain.row<Sum>(0);
  parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      for (size_t at = 0; at < x.cols; at += width) {
        const X* in = x.row<X>(t) + at;
        X* out = y.row<X>(t) + at;
        const Sum r = scale_of<X, Sum>(in, width, eps);
        for (size_t i = 0; i < width; ++i) out[i] = static_cast<X>(static_cast<Sum>(in[i]) * r * g[i]);
      }
  });
}

// With g = dy gain and s = Σ g x over the head:  dx = r g − x s r³ / K,  dgain = Σ dy x r.
template <class X, class Sum>
void backward_in(ConstMat dy, ConstMat x, ConstMat gain, float eps, Mat dx, bool add_dx, Mat dgain,
                 bool add_dgain) {
  const size_t width = gain.cols;
  const Sum* g = gain.row<Sum>(0);
  sum_rows_in<Sum>(x.rows, dgain, add_dgain, [&](size_t t, Sum* partial) {
    for (size_t at = 0; at < x.cols; at += width) {
      const X *in = x.row<X>(t) + at, *d = dy.row<X>(t) + at;
      const Sum r = scale_of<X, Sum>(in, width, eps);
      Sum along = 0;
      for (size_t i = 0; i < width; ++i) along += static_cast<Sum>(d[i]) * g[i] * static_cast<Sum>(in[i]);
      const Sum c = along * r * r * r / static_cast<Sum>(width);
      for (size_t i = 0; i < width; ++i) {
        if (partial != nullptr) partial[i] += static_cast<Sum>(d[i]) * static_cast<Sum>(in[i]) * r;
        if (dx.data == nullptr) continue;
        X& to = dx.row<X>(t)[at + i];
        const Sum slope = r * static_cast<Sum>(d[i]) * g[i] - static_cast<Sum>(in[i]) * c;
        to = static_cast<X>(add_dx ? static_cast<Sum>(to) + slope : slope);
      }
    }
  });
}

constinit Kernel<void(ConstMat, ConstMat, float, Mat)> norm_kernel{
    "head_rms_norm",
    [](ConstMat x, ConstMat gain, float eps, Mat y) {
      dispatch(x.dtype, [&]<class X>() { forward_in<X, float>(x, gain, eps, y); });
    },
    forward_in<double, double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, float, Mat, bool, Mat, bool)> norm_backward_kernel{
    "head_rms_norm backward",
    [](ConstMat dy, ConstMat x, auto... rest) {
      dispatch(x.dtype, [&]<class X>() { backward_in<X, float>(dy, x, rest...); });
    },
    backward_in<double, double>};

}  // namespace

Tensor head_rms_norm(const Tensor& x, size_t heads, Weight& gain, float eps) {
  require(x.cols() == heads * gain.count(), ErrorCode::invalid,
          "head_rms_norm: gain {} has {} values, wanted {} columns in {} heads", gain.name, gain.count(),
          x.cols(), heads);
  Output y = like(x);
  norm_kernel(x.device(), x.mat(), gain.master.mat(), eps, y.mat());
  return record(
      "head_rms_norm", std::move(y), {&x},
      [x, &gain, eps](Sink& sink, const Tensor& dy) {
        const GradientTarget dx = sink.into_wanted(x);
        const GradientTarget dgain = sink.into_wanted(gain);
        norm_backward_kernel(dy.device(), dy.mat(), x.mat(), gain.master.mat(), eps, dx.mat, dx.accumulate,
                             dgain.mat, dgain.accumulate);
      },
      gain.trains());
}

}  // namespace bantam
