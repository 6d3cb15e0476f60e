#include "ops/sequence_norm.h"

#include <cmath>
#include <vector>

#include "base/threads.h"
#include "ops/recurrence.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

// Calls f.template operator()<X, W>() with the element types of activations and of weights.
template <class F>
void with_types(Dtype dtype, F f) {
  if (dtype == Dtype::f64)
    f.template operator()<double, double>();
  else
    dispatch(dtype, [&]<class X>() { f.template operator()<X, float>(); });
}

template <class X>
double wide(X x) {
  if constexpr (std::is_same_v<X, double>)
    return x;
  else
    return static_cast<double>(static_cast<float>(x));
}

template <class X>
void put(X& x, double value, bool accumulate) {
  const double sum = accumulate ? wide(x) + value : value;
  if constexpr (std::is_same_v<X, double>)
    x = sum;
  else
    x = X(static_cast<float>(sum));
}

// One head of one segment: rows [start, start + length), columns [first, first + width).
struct Patch {
  size_t start, length, first, width;
  double count() const { return static_cast<double>(length * width); }
  // Calls f(row, column) for every element, in order.
  template <class F>
  void each(F f) const {
    for (size_t t = start; t < start + length; ++t)
      for (size_t i = first; i < first + width; ++i) f(t, i);
  }
};

struct Moments {
  double mean, scale;  // scale = 1 / sqrt(var + eps)
};

template <class X>
Moments moments_of(const ConstMat& x, const Patch& patch, double eps) {
  double mean = 0, squares = 0;
  patch.each([&](size_t t, size_t i) { mean += wide(x.row<X>(t)[i]); });
  mean /= patch.count();
  patch.each([&](size_t t, size_t i) {
    const double d = wide(x.row<X>(t)[i]) - mean;
    squares += d * d;
  });
  return {mean, 1 / std::sqrt(squares / patch.count() + eps)};
}

// Calls f(patch, segment) for every head of every segment, in parallel.
template <class F>
void each_patch(const Segments& segments, size_t heads, size_t cols, F f) {
  const size_t width = cols / heads;
  parallel_for(segments.size() * heads, [&](size_t n) {
    const size_t s = n / heads;
    f(Patch{segments[s].start, segments[s].length, n % heads * width, width}, s);
  });
}

void forward(ConstMat x, size_t heads, ConstMat gain, ConstMat bias, double eps, const Segments& segments,
             Mat y) {
  with_types(x.dtype, [&]<class X, class W>() {
    each_patch(segments, heads, x.cols, [&](const Patch& patch, size_t) {
      const Moments m = moments_of<X>(x, patch, eps);
      patch.each([&](size_t t, size_t i) {
        const double z = (wide(x.row<X>(t)[i]) - m.mean) * m.scale;
        put(y.row<X>(t)[i], z * wide(gain.row<W>(0)[i]) + wide(bias.row<W>(0)[i]), false);
      });
    });
  });
}

// With z the normalised x and g = dy gain:  dx = scale (g − mean(g) − z mean(g z)),  dgain = Σ dy z,  dbias = Σ dy.
// sums: [segments, 2 C] in f64, dgain and dbias of each segment.
void backward(ConstMat dy, ConstMat x, size_t heads, ConstMat gain, double eps, const Segments& segments,
              Mat dx, bool add_dx, Mat sums) {
  with_types(x.dtype, [&]<class X, class W>() {
    each_patch(segments, heads, x.cols, [&](const Patch& patch, size_t s) {
      const Moments m = moments_of<X>(x, patch, eps);
      double *dgain = sums.row<double>(s), *dbias = dgain + x.cols, g_mean = 0, gz_mean = 0;
      for (size_t i = patch.first; i < patch.first + patch.width; ++i) dgain[i] = dbias[i] = 0;
      const auto z_at = [&](size_t t, size_t i) { return (wide(x.row<X>(t)[i]) - m.mean) * m.scale; };
      patch.each([&](size_t t, size_t i) {
        const double d = wide(dy.row<X>(t)[i]);
        dgain[i] += d * z_at(t, i), dbias[i] += d;
      });
      for (size_t i = patch.first; i < patch.first + patch.width; ++i) {
        g_mean += dbias[i] * wide(gain.row<W>(0)[i]) / patch.count();
        gz_mean += dgain[i] * wide(gain.row<W>(0)[i]) / patch.count();
      }
      if (dx.data == nullptr) return;
      patch.each([&](size_t t, size_t i) {
        const double g = wide(dy.row<X>(t)[i]) * wide(gain.row<W>(0)[i]);
        put(dx.row<X>(t)[i], m.scale * (g - g_mean - z_at(t, i) * gz_mean), add_dx);
      });
    });
  });
}

constinit Kernel<void(ConstMat, size_t, ConstMat, ConstMat, double, const Segments&, Mat)>
    sequence_norm_kernel{"sequence_norm", forward, forward};
constinit Kernel<void(ConstMat, ConstMat, size_t, ConstMat, double, const Segments&, Mat, bool, Mat)>
    sequence_norm_backward{"sequence_norm backward", backward, backward};

}  // namespace

Tensor sequence_norm(const Tensor& x, size_t heads, Weight& gain, Weight& bias, float eps,
                     const Segments& segments) {
  require(gain.count() == x.cols() && bias.count() == x.cols() && heads > 0 && x.cols() % heads == 0,
          ErrorCode::invalid, "sequence_norm: {} has {} values and {} {}, wanted {} in {} heads", gain.name,
          gain.count(), bias.name, bias.count(), x.cols(), heads);
  check_segments("sequence_norm", segments, x.rows());
  Output y = like(x);
  const double epsilon = static_cast<double>(eps);
  sequence_norm_kernel(x.device(), x.mat(), heads, gain.master.mat(), bias.master.mat(), epsilon, segments,
                       y.mat());
  return record(
      "sequence_norm", std::move(y), {&x},
      [x, heads, &gain, &bias, epsilon, segments](Sink& sink, const Tensor& dy) {
        const GradientTarget dx = sink.into_wanted(x);
        const Output sums(segments.size(), 2 * x.cols(), Dtype::f64, dy.device());
        sequence_norm_backward(dy.device(), dy.mat(), x.mat(), heads, gain.master.mat(), epsilon, segments,
                               dx.mat, dx.accumulate, sums.mat());
        size_t begin = 0;
        for (Weight* weight : {&gain, &bias}) {
          if (weight->trains()) {
            const GradientTarget target = sink.into(*weight);
            for (size_t s = 0; s < segments.size(); ++s)
              copy(dy.device(), sums.mat().slice_rows(s, 1).slice_cols(begin, x.cols()), target.mat,
                   target.accumulate || s > 0);
          }
          begin += x.cols();
        }
      },
      gain.trains() || bias.trains());
}

}  // namespace bantam
