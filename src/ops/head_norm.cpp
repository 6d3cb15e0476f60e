#include "ops/head_norm.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/head_norm.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

HWY_INLINE V square(V v) { return hn::Mul(v, v); }

template <class X>
HWY_INLINE float norm_of(const X* x_K, size_t width) {
  return std::sqrt(sum(
      width, [](V v) HWY_ATTR { return square(v); }, x_K));
}

void l2_normalize(ConstMat x, size_t heads, Mat y) {
  const size_t width = x.cols / heads;
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      for (size_t t = begin; t < end; ++t)
        for (size_t h = 0; h < heads; ++h) {
          const X* x_K = x.row<X>(t) + h * width;
          const V r = set(1.0f / std::max(norm_of(x_K, width), 1e-12f));
          map(
              width, y.row<X>(t) + h * width, [&](V v) HWY_ATTR { return hn::Mul(v, r); }, x_K);
        }
    });
  });
}

// With y = x / n:  dx = (dy − y (y · dy)) / n.
void l2_normalize_backward(ConstMat dy, ConstMat x, size_t heads, Mat dx, bool add_dx) {
  const size_t width = x.cols / heads;
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      for (size_t t = begin; t < end; ++t)
        for (size_t h = 0; h < heads; ++h) {
          const X *x_K = x.row<X>(t) + h * width, *dy_K = dy.row<X>(t) + h * width;
          const float r = 1.0f / std::max(norm_of(x_K, width), 1e-12f);
          const float dot = sum(
              width, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); }, x_K, dy_K);
          const V rv = set(r), c = set(dot * r * r * r);
          map_into(
              width, dx.row<X>(t) + h * width, add_dx,
              [&](V d, V v) HWY_ATTR { return hn::NegMulAdd(v, c, hn::Mul(d, rv)); }, dy_K, x_K);
        }
    });
  });
}

struct Moments {
  float mean, scale;  // scale = 1 / sqrt(var + eps); the mean is 0 where none is taken off
};

template <class X>
HWY_INLINE Moments moments_of(const X* x_K, size_t width, bool centred, float eps) {
  const float n = static_cast<float>(width);
  const float mean = centred ? sum(
                                   width, [](V v) HWY_ATTR { return v; }, x_K) /
                                   n
                             : 0.0f;
  // Two passes: E[x²] − mean² would lose the variance of a head that is far from zero. The tail of the last vector
  // is padded with zeros, each of which adds mean² that is taken off again.
  const V m = set(mean);
  float squares = 0;
  const size_t step = lanes(), whole = width / step * step;
  squares = sum(
      whole, [&](V v) HWY_ATTR { return square(hn::Sub(v, m)); }, x_K);
  for (size_t i = whole; i < width; ++i) {
    const float d = static_cast<float>(x_K[i]) - mean;
    squares += d * d;
  }
  return {mean, 1.0f / std::sqrt(squares / n + eps)};
}

void group_norm(ConstMat x, size_t heads, ConstMat gain, ConstMat bias, float eps, Mat y) {
  const size_t width = x.cols / heads;
  const bool centred = bias.data != nullptr;
  dispatch(x.dtype, [&]<class X>() {
    dispatch(y.dtype, [&]<class Y>() {
      parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
        for (size_t t = begin; t < end; ++t)
          for (size_t h = 0; h < heads; ++h) {
            const size_t at = h * width;
            const X* x_K = x.row<X>(t) + at;
            const Moments s = moments_of(x_K, width, centred, eps);
            const V mean = set(s.mean), scale = set(s.scale);
            if (!centred) {
              map(
                  width, y.row<Y>(t) + at, [&](V v, V g) HWY_ATTR { return hn::Mul(hn::Mul(v, scale), g); },
                  x_K, gain.row<float>(0) + at);
              continue;
            }
            map(
                width, y.row<Y>(t) + at,
                [&](V v, V g, V b) HWY_ATTR { return hn::MulAdd(hn::Mul(hn::Sub(v, mean), scale), g, b); },
                x_K, gain.row<float>(0) + at, bias.row<float>(0) + at);
          }
      });
    });
  });
}

// With z the normalised x and g = dy gain:  dx = scale (g − mean(g) − z mean(g z)),  dgain = Σ dy z,  dbias = Σ dy.
void group_norm_backward(ConstMat dy, ConstMat x, size_t heads, ConstMat gain, bool centred, float eps,
                         Mat dx, bool add_dx, Mat dgain_and_bias) {
  const size_t width = x.cols / heads, all = x.cols;
  dispatch(x.dtype, [&]<class X>() {
    dispatch(dy.dtype, [&]<class Y>() {
      sum_over_rows(x.rows, dgain_and_bias, false, [&](size_t t, float* sums) HWY_ATTR {
        for (size_t h = 0; h < heads; ++h) {
          const size_t at = h * width;
          const X* x_K = x.row<X>(t) + at;
          const Y* dy_K = dy.row<Y>(t) + at;
          const float* gain_K = gain.row<float>(0) + at;
          const Moments s = moments_of(x_K, width, centred, eps);
          const V mean = set(s.mean), scale = set(s.scale);
          const float n = static_cast<float>(width);
          const float g_sum = sum(
              width, [](V d, V g) HWY_ATTR { return hn::Mul(d, g); }, dy_K, gain_K);
          const float g_mean = centred ? g_sum / n : 0.0f;
          const float gz_mean = sum(
                                    width,
                                    [&](V d, V g, V v) HWY_ATTR {
                                      return hn::Mul(hn::Mul(d, g), hn::Mul(hn::Sub(v, mean), scale));
                                    },
                                    dy_K, gain_K, x_K) /
                                n;
          if (dx.data != nullptr)
            map_into(
                width, dx.row<X>(t) + at, add_dx,
                [&](V d, V g, V v) HWY_ATTR {
                  const V z = hn::Mul(hn::Sub(v, mean), scale);
                  return hn::Mul(scale, hn::NegMulAdd(z, set(gz_mean), hn::Sub(hn::Mul(d, g), set(g_mean))));
                },
                dy_K, gain_K, x_K);
          if (sums == nullptr) continue;
          map(
              width, sums + at,
              [&](V acc, V d, V v) HWY_ATTR { return hn::MulAdd(d, hn::Mul(hn::Sub(v, mean), scale), acc); },
              static_cast<const float*>(sums + at), dy_K, x_K);
          map(
              width, sums + all + at, [](V acc, V d) HWY_ATTR { return hn::Add(acc, d); },
              static_cast<const float*>(sums + all + at), dy_K);
        }
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

HWY_EXPORT(l2_normalize);
HWY_EXPORT(l2_normalize_backward);
HWY_EXPORT(group_norm);
HWY_EXPORT(group_norm_backward);

namespace reference {

void l2_normalize(ConstMat x, size_t heads, Mat y) {
  const size_t width = x.cols / heads;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t h = 0; h < heads; ++h) {
      const double* x_K = x.row<double>(t) + h * width;
      double squares = 0;
      for (size_t i = 0; i < width; ++i) squares += x_K[i] * x_K[i];
      for (size_t i = 0; i < width; ++i)
        y.row<double>(t)[h * width + i] = x_K[i] / std::max(std::sqrt(squares), 1e-12);
    }
}

void l2_normalize_backward(ConstMat dy, ConstMat x, size_t heads, Mat dx, bool add_dx) {
  const size_t width = x.cols / heads;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t h = 0; h < heads; ++h) {
      const double *x_K = x.row<double>(t) + h * width, *dy_K = dy.row<double>(t) + h * width;
      double squares = 0, dot = 0;
      for (size_t i = 0; i < width; ++i) squares += x_K[i] * x_K[i], dot += x_K[i] * dy_K[i];
      const double n = std::max(std::sqrt(squares), 1e-12);
      for (size_t i = 0; i < width; ++i) {
        double& d = dx.row<double>(t)[h * width + i];
        d = (add_dx ? d : 0) + (dy_K[i] - x_K[i] * dot / (n * n)) / n;
      }
    }
}

std::pair<double, double> moments_of(const double* x_K, size_t width, bool centred, double eps) {
  double mean = 0, var = 0;
  for (size_t i = 0; centred && i < width; ++i) mean += x_K[i] / static_cast<double>(width);
  for (size_t i = 0; i < width; ++i) var += (x_K[i] - mean) * (x_K[i] - mean) / static_cast<double>(width);
  return {mean, 1 / std::sqrt(var + eps)};
}

void group_norm(ConstMat x, size_t heads, ConstMat gain, ConstMat bias, float eps, Mat y) {
  const size_t width = x.cols / heads;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t h = 0; h < heads; ++h) {
      const auto [mean, scale] = moments_of(x.row<double>(t) + h * width, width, bias.data != nullptr, eps);
      for (size_t i = h * width; i < (h + 1) * width; ++i)
        y.row<double>(t)[i] = (x.row<double>(t)[i] - mean) * scale * gain.row<double>(0)[i] +
                              (bias.data == nullptr ? 0 : bias.row<double>(0)[i]);
    }
}

void group_norm_backward(ConstMat dy, ConstMat x, size_t heads, ConstMat gain, bool centred, float eps,
                         Mat dx, bool add_dx, Mat dgain_and_bias) {
  const size_t width = x.cols / heads, all = x.cols;
  double* sums = dgain_and_bias.data == nullptr ? nullptr : dgain_and_bias.row<double>(0);
  if (sums != nullptr) std::fill_n(sums, 2 * all, 0.0);
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t h = 0; h < heads; ++h) {
      const double *x_C = x.row<double>(t), *dy_C = dy.row<double>(t), *gain_C = gain.row<double>(0);
      const auto [mean, scale] = moments_of(x_C + h * width, width, centred, eps);
      double g_mean = 0, gz_mean = 0;
      for (size_t i = h * width; i < (h + 1) * width; ++i) {
        if (centred) g_mean += dy_C[i] * gain_C[i] / static_cast<double>(width);
        gz_mean += dy_C[i] * gain_C[i] * (x_C[i] - mean) * scale / static_cast<double>(width);
      }
      for (size_t i = h * width; i < (h + 1) * width; ++i) {
        const double z = (x_C[i] - mean) * scale;
        if (dx.data != nullptr) {
          double& d = dx.row<double>(t)[i];
          d = (add_dx ? d : 0) + scale * (dy_C[i] * gain_C[i] - g_mean - z * gz_mean);
        }
        if (sums != nullptr) sums[i] += dy_C[i] * z, sums[all + i] += dy_C[i];
      }
    }
}

}  // namespace reference

constinit Kernel<void(ConstMat, size_t, Mat)> l2_normalize_kernel{
    "l2_normalize", BANTAM_DISPATCH(l2_normalize), reference::l2_normalize};
constinit Kernel<void(ConstMat, ConstMat, size_t, Mat, bool)> l2_normalize_backward_kernel{
    "l2_normalize backward", BANTAM_DISPATCH(l2_normalize_backward), reference::l2_normalize_backward};
constinit Kernel<void(ConstMat, size_t, ConstMat, ConstMat, float, Mat)> group_norm_kernel{
    "group_norm", BANTAM_DISPATCH(group_norm), reference::group_norm};
constinit Kernel<void(ConstMat, ConstMat, size_t, ConstMat, bool, float, Mat, bool, Mat)>
    group_norm_backward_kernel{"group_norm backward", BANTAM_DISPATCH(group_norm_backward),
                               reference::group_norm_backward};

// With a bias the mean is taken off; without one it is RMSNorm.
Tensor normed(const char* name, const Tensor& x, size_t heads, Weight& gain, Weight* bias, float eps,
              Dtype out) {
  require(heads > 0 && x.cols() % heads == 0, ErrorCode::invalid, "{}: {} columns in {} heads", name,
          x.cols(), heads);
  for (const Weight* weight : {&gain, bias})
    require(weight == nullptr || weight->count() == x.cols(), ErrorCode::invalid,
            "{}: {} has {} values, wanted {}, the width of x", name, weight == nullptr ? "" : weight->name,
            weight == nullptr ? 0 : weight->count(), x.cols());
  const auto compute = [x, heads, &gain, bias, eps, out] {
    Output y = like(x, out);
    const ConstMat added = bias == nullptr ? ConstMat() : bias->master.mat();
    group_norm_kernel(x.device(), x.mat(), heads, gain.master.mat(), added, eps, y.mat());
    return y;
  };
  const bool learns = gain.trains() || (bias != nullptr && bias->trains());
  const Tensor y = record(
      name, compute(), {&x},
      [x, heads, &gain, bias, eps, learns](Sink& sink, const Tensor& dy) {
        const GradientTarget dx = sink.into_wanted(x);
        const Output sums = learns ? Output(1, 2 * x.cols(), gain.master.dtype(), dy.device()) : Output();
        group_norm_backward_kernel(dy.device(), dy.mat(), x.mat(), heads, gain.master.mat(), bias != nullptr,
                                   eps, dx.mat, dx.accumulate, learns ? sums.mat() : Mat());
        size_t begin = 0;
        for (Weight* weight : {&gain, bias}) {
          if (weight != nullptr && weight->trains()) {
            const GradientTarget target = sink.into(*weight);
            copy(dy.device(), sums.mat().slice_cols(begin, x.cols()), target.mat, target.accumulate);
          }
          begin += x.cols();
        }
      },
      learns);
  if (Tape::current() == nullptr) return y;
  return y.with_recipe([compute] { return constant("computed again on the way back", compute()); });
}

}  // namespace

Tensor l2_normalize(const Tensor& x, size_t heads) {
  Output y = like(x);
  l2_normalize_kernel(x.device(), x.mat(), heads, y.mat());
  return record("l2_normalize", std::move(y), {&x}, [x, heads](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    l2_normalize_backward_kernel(dy.device(), dy.mat(), x.mat(), heads, dx.mat, dx.accumulate);
  });
}

Tensor group_norm(const Tensor& x, size_t heads, Weight& gain, Weight& bias, float eps) {
  return group_norm(x, heads, gain, bias, eps, x.dtype());
}

Tensor group_norm(const Tensor& x, size_t heads, Weight& gain, Weight& bias, float eps, Dtype out) {
  return normed("group_norm", x, heads, gain, &bias, eps, out);
}

Tensor group_rms_norm(const Tensor& x, size_t heads, Weight& gain, float eps) {
  return normed("group_rms_norm", x, heads, gain, nullptr, eps, x.dtype());
}

}  // namespace bantam
#endif
