#include "ops/head_rms_norm.h"

#include <cmath>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/head_rms_norm.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

template <class X>
HWY_INLINE float scale_of(const X* x_K, size_t width, float eps) {
  const float squares = sum(
      width, [](V v) HWY_ATTR { return hn::Mul(v, v); }, x_K);
  return 1.0f / std::sqrt(squares / static_cast<float>(width) + eps);
}

void forward(ConstMat x, ConstMat gain, float eps, Mat y) {
  const size_t width = gain.cols;
  const float* gain_K = gain.row<float>(0);
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      for (size_t t = begin; t < end; ++t)
        for (size_t at = 0; at < x.cols; at += width) {
          const X* x_K = x.row<X>(t) + at;
          const V r = set(scale_of(x_K, width, eps));
          map(
              width, y.row<X>(t) + at, [&](V v, V g) HWY_ATTR { return hn::Mul(hn::Mul(v, r), g); }, x_K,
              gain_K);
        }
    });
  });
}

// With g = dy gain and s = Σ g x over the head:  dx = r g − x s r³ / K,  dgain = Σ dy x r.
void backward(ConstMat dy, ConstMat x, ConstMat gain, float eps, Mat dx, bool add_dx, Mat dgain,
              bool add_dgain) {
  const size_t width = gain.cols;
  const float* gain_K = gain.row<float>(0);
  dispatch(x.dtype, [&]<class X>() {
    sum_over_rows(x.rows, dgain, add_dgain, [&](size_t t, float* dgain_K) HWY_ATTR {
      for (size_t at = 0; at < x.cols; at += width) {
        const X *x_K = x.row<X>(t) + at, *dy_K = dy.row<X>(t) + at;
        const float r = scale_of(x_K, width, eps);
        const V rv = set(r);
        if (dx.data != nullptr) {
          const float s = sum(
              width, [](V d, V g, V v) HWY_ATTR { return hn::Mul(hn::Mul(d, g), v); }, dy_K, gain_K, x_K);
          const V c = set(s * r * r * r / static_cast<float>(width));
          map_into(
              width, dx.row<X>(t) + at, add_dx,
              [&](V d, V g, V v) HWY_ATTR { return hn::NegMulAdd(v, c, hn::Mul(hn::Mul(d, g), rv)); }, dy_K,
              gain_K, x_K);
        }
        if (dgain_K != nullptr)
          map(
              width, dgain_K, [&](V acc, V d, V v) HWY_ATTR { return hn::MulAdd(hn::Mul(d, v), rv, acc); },
              static_cast<const float*>(dgain_K), dy_K, x_K);
      }
    });
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(forward);
HWY_EXPORT(backward);

namespace reference {

double scale_of(const double* x_K, size_t width, float eps) {
  double squares = 0;
  for (size_t i = 0; i < width; ++i) squares += x_K[i] * x_K[i];
  return 1 / std::sqrt(squares / static_cast<double>(width) + static_cast<double>(eps));
}

void forward(ConstMat x, ConstMat gain, float eps, Mat y) {
  const size_t width = gain.cols;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t at = 0; at < x.cols; at += width) {
      const double* x_K = x.row<double>(t) + at;
      const double r = scale_of(x_K, width, eps);
      for (size_t i = 0; i < width; ++i) y.row<double>(t)[at + i] = x_K[i] * r * gain.row<double>(0)[i];
    }
}

void backward(ConstMat dy, ConstMat x, ConstMat gain, float eps, Mat dx, bool add_dx, Mat dgain,
              bool add_dgain) {
  const size_t width = gain.cols;
  const double* g = gain.row<double>(0);
  sum_rows_in<double>(x.rows, dgain, add_dgain, [&](size_t t, double* dgain_K) {
    for (size_t at = 0; at < x.cols; at += width) {
      const double *x_K = x.row<double>(t) + at, *d = dy.row<double>(t) + at;
      const double r = scale_of(x_K, width, eps);
      double s = 0;
      for (size_t i = 0; i < width; ++i) s += d[i] * g[i] * x_K[i];
      const double c = s * r * r * r / static_cast<double>(width);
      for (size_t i = 0; i < width; ++i) {
        if (dgain_K != nullptr) dgain_K[i] += d[i] * x_K[i] * r;
        if (dx.data == nullptr) continue;
        double& to = dx.row<double>(t)[at + i];
        to = (add_dx ? to : 0) + r * d[i] * g[i] - x_K[i] * c;
      }
    }
  });
}

}  // namespace reference

constinit Kernel<void(ConstMat, ConstMat, float, Mat)> norm_kernel{"head_rms_norm", BANTAM_DISPATCH(forward),
                                                                   reference::forward};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, float, Mat, bool, Mat, bool)> norm_backward_kernel{
    "head_rms_norm backward", BANTAM_DISPATCH(backward), reference::backward};

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
#endif
