#include "ops/rms_norm.h"

#include <cmath>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/rms_norm.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

void forward(ConstMat x, ConstMat gain, float eps, Mat y, Mat r) {
  dispatch(x.dtype, [&]<class X>() {
    dispatch(y.dtype, [&]<class Y>() {
      parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
        for (size_t t = begin; t < end; ++t) {
          const X* x_D = x.row<X>(t);
          const float squares = sum(
              x.cols, [](V v) HWY_ATTR { return hn::Mul(v, v); }, x_D);
          const float scale = 1.0f / std::sqrt(squares / static_cast<float>(x.cols) + eps);
          const V r_t = set(scale);
          map(
              x.cols, y.row<Y>(t), [&](V v, V g) HWY_ATTR { return hn::Mul(hn::Mul(v, r_t), g); }, x_D,
              gain.row<float>(0));
          *r.row<float>(t) = scale;
        }
      });
    });
  });
}

// With g = dy gain and s = Σ_d g x:   dx = r g − x s r³ / D,   dgain = Σ_t dy x r.
void backward(ConstMat dy, ConstMat x, ConstMat gain, ConstMat r, Mat dx, bool add_dx, Mat dgain,
              bool add_dgain) {
  dispatch(x.dtype, [&]<class X>() {
    dispatch(dy.dtype, [&]<class Y>() {
      sum_over_rows(x.rows, dgain, add_dgain, [&](size_t t, float* dgain_D) HWY_ATTR {
        const X* x_D = x.row<X>(t);
        const Y* dy_D = dy.row<Y>(t);
        const float* gain_D = gain.row<float>(0);
        const float r_t = *r.row<float>(t);
        const V rv = set(r_t);
        if (dx.data != nullptr) {
          const float s = sum(
              x.cols, [](V d, V g, V v) HWY_ATTR { return hn::Mul(hn::Mul(d, g), v); }, dy_D, gain_D, x_D);
          const V c = set(s * r_t * r_t * r_t / static_cast<float>(x.cols));
          map_into(
              x.cols, dx.row<X>(t), add_dx,
              [&](V d, V g, V v) HWY_ATTR { return hn::NegMulAdd(v, c, hn::Mul(hn::Mul(d, g), rv)); }, dy_D,
              gain_D, x_D);
        }
        if (dgain_D != nullptr)
          map(
              x.cols, dgain_D, [&](V acc, V d, V v) HWY_ATTR { return hn::MulAdd(hn::Mul(d, v), rv, acc); },
              static_cast<const float*>(dgain_D), dy_D, x_D);
      });
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

void reference_forward(ConstMat x, ConstMat gain, float eps, Mat y, Mat r) {
  for (size_t t = 0; t < x.rows; ++t) {
    double squares = 0;
    for (size_t d = 0; d < x.cols; ++d) squares += x.row<double>(t)[d] * x.row<double>(t)[d];
    const double scale = 1 / std::sqrt(squares / static_cast<double>(x.cols) + eps);
    for (size_t d = 0; d < x.cols; ++d)
      y.row<double>(t)[d] = x.row<double>(t)[d] * scale * gain.row<double>(0)[d];
    *r.row<double>(t) = scale;
  }
}

void reference_backward(ConstMat dy, ConstMat x, ConstMat gain, ConstMat r, Mat dx, bool add_dx, Mat dgain,
                        bool add_dgain) {
  for (size_t t = 0; t < x.rows; ++t) {
    const double *x_D = x.row<double>(t), *dy_D = dy.row<double>(t), *gain_D = gain.row<double>(0);
    const double r_t = *r.row<double>(t);
    double s = 0;
    for (size_t d = 0; d < x.cols; ++d) s += dy_D[d] * gain_D[d] * x_D[d];
    for (size_t d = 0; d < x.cols; ++d) {
      const double g = dy_D[d] * gain_D[d];
      if (dx.data != nullptr)
        dx.row<double>(t)[d] = (add_dx ? dx.row<double>(t)[d] : 0) + r_t * g -
                               x_D[d] * s * r_t * r_t * r_t / static_cast<double>(x.cols);
      if (dgain.data != nullptr)
        dgain.row<double>(0)[d] = (add_dgain || t > 0 ? dgain.row<double>(0)[d] : 0) + dy_D[d] * x_D[d] * r_t;
    }
  }
}

constinit Kernel<void(ConstMat, ConstMat, float, Mat, Mat)> rms_norm_kernel{
    "rms_norm", BANTAM_DISPATCH(forward), reference_forward};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, ConstMat, Mat, bool, Mat, bool)> rms_norm_backward{
    "rms_norm backward", BANTAM_DISPATCH(backward), reference_backward};

}  // namespace

Tensor rms_norm(const Tensor& x, Weight& gain, float eps, Dtype out) {
  require(gain.count() == x.cols(), ErrorCode::invalid,
          "rms_norm: gain {} has {} values, wanted {}, the width of x", gain.name, gain.count(), x.cols());
  const Device device = x.device();
  Output r(x.rows(), 1, gain.master.dtype(), device);
  const auto compute = [x, &gain, eps, out](Mat r_T) {
    Output y = like(x, out);
    rms_norm_kernel(x.device(), x.mat(), gain.master.mat(), eps, y.mat(), r_T);
    return y;
  };
  Output y = compute(r.mat());
  const Tensor kept = constant("1/rms of each row, for the way back", std::move(r));
  const Tensor normed = record(
      "rms_norm", std::move(y), {&x},
      [x, &gain, kept](Sink& sink, const Tensor& dy) {
        const GradientTarget dx = sink.into_wanted(x);
        const GradientTarget dgain = sink.into_wanted(gain);
        rms_norm_backward(dy.device(), dy.mat(), x.mat(), gain.master.mat(), kept.mat(), dx.mat,
                          dx.accumulate, dgain.mat, dgain.accumulate);
      },
      gain.trains());
  if (Tape::current() == nullptr) return normed;
  return normed.with_recipe([compute, x] {
    const Output again(x.rows(), 1, x.device() == Device::reference ? Dtype::f64 : Dtype::f32, x.device());
    return constant("computed again on the way back", compute(again.mat()));
  });
}

}  // namespace bantam
#endif
