#include "ops/own_value.h"

#include <cmath>
#include <vector>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr double kSmallest = 1e-8;

template <class Sum, class A, class B>
Sum dot(const A* a, const B* b, size_t width) {
  Sum sum = 0;
  for (size_t i = 0; i < width; ++i) sum += static_cast<Sum>(a[i]) * static_cast<Sum>(b[i]);
  return sum;
}

template <class X, class Sum>
void forward_in(ConstMat y, ConstMat v, size_t heads, size_t kv_heads, Mat out) {
  const size_t width = y.cols / heads, group = heads / kv_heads;
  parallel_blocks(y.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      for (size_t h = 0; h < heads; ++h) {
        const X *y_K = y.row<X>(t) + h * width, *v_K = v.row<X>(t) + h / group * width;
        const Sum norm = std::sqrt(dot<Sum>(v_K, v_K, width)) + static_cast<Sum>(kSmallest);
        const Sum along = dot<Sum>(y_K, v_K, width) / (norm * norm);
        X* to = out.row<X>(t) + h * width;
        for (size_t i = 0; i < width; ++i)
          to[i] = static_cast<X>(static_cast<Sum>(y_K[i]) - along * static_cast<Sum>(v_K[i]));
      }
  });
}

// With u = v / n, n = ‖v‖ + ε:  dy = d − (d·u) u,  du = −(d·u) y − (y·u) d,  dv = (du − (du·u) v / ‖v‖) / n.
template <class X, class Sum>
void backward_in(ConstMat d, ConstMat y, ConstMat v, size_t heads, size_t kv_heads, Mat dy, bool add_dy,
                 Mat dv, bool add_dv) {
  const size_t width = y.cols / heads, group = heads / kv_heads;
  parallel_blocks(y.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    std::vector<Sum> du(width);
    for (size_t t = begin; t < end; ++t)
      for (size_t g = 0; g < kv_heads; ++g) {
        const X* v_K = v.row<X>(t) + g * width;
        const Sum length = std::sqrt(dot<Sum>(v_K, v_K, width)), norm = length + static_cast<Sum>(kSmallest);
        std::fill(du.begin(), du.end(), Sum(0));
        for (size_t h = g * group; h < (g + 1) * group; ++h) {
          const X *d_K = d.row<X>(t) + h * width, *y_K = y.row<X>(t) + h * width;
          const Sum d_u = dot<Sum>(d_K, v_K, width) / norm, y_u = dot<Sum>(y_K, v_K, width) / norm;
          for (size_t i = 0; i < width; ++i) {
            du[i] -= d_u * static_cast<Sum>(y_K[i]) + y_u * static_cast<Sum>(d_K[i]);
            if (dy.data == nullptr) continue;
            X& to = dy.row<X>(t)[h * width + i];
            const Sum slope = static_cast<Sum>(d_K[i]) - d_u / norm * static_cast<Sum>(v_K[i]);
            to = static_cast<X>(add_dy ? static_cast<Sum>(to) + slope : slope);
          }
        }
        if (dv.data == nullptr) continue;
        const Sum along = length > 0 ? dot<Sum>(du.data(), v_K, width) / (norm * length) : Sum(0);
        for (size_t i = 0; i < width; ++i) {
          X& to = dv.row<X>(t)[g * width + i];
          const Sum slope = (du[i] - along * static_cast<Sum>(v_K[i])) / norm;
          to = static_cast<X>(add_dv ? static_cast<Sum>(to) + slope : slope);
        }
      }
  });
}

constinit Kernel<void(ConstMat, ConstMat, size_t, size_t, Mat)> exclude_kernel{
    "without_own_value",
    [](ConstMat y, auto... rest) { dispatch(y.dtype, [&]<class X>() { forward_in<X, float>(y, rest...); }); },
    forward_in<double, double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, size_t, size_t, Mat, bool, Mat, bool)>
    exclude_backward_kernel{"without_own_value backward",
                            [](ConstMat d, auto... rest) {
                              dispatch(d.dtype, [&]<class X>() { backward_in<X, float>(d, rest...); });
                            },
                            backward_in<double, double>};

}  // namespace

Tensor without_own_value(const Tensor& y, const Tensor& v, size_t heads, size_t kv_heads) {
  require(heads % kv_heads == 0 && y.cols() * kv_heads == v.cols() * heads && y.rows() == v.rows(),
          ErrorCode::invalid, "without_own_value: [{}, {}] in {} heads and values [{}, {}] in {} do not fit",
          y.rows(), y.cols(), heads, v.rows(), v.cols(), kv_heads);
  Output out = like(y);
  exclude_kernel(y.device(), y.mat(), v.mat(), heads, kv_heads, out.mat());
  return record("without_own_value", std::move(out), {&y, &v},
                [y, v, heads, kv_heads](Sink& sink, const Tensor& d) {
                  const GradientTarget dy = sink.into_wanted(y);
                  const GradientTarget dv = sink.into_wanted(v);
                  exclude_backward_kernel(d.device(), d.mat(), y.mat(), v.mat(), heads, kv_heads, dy.mat,
                                          dy.accumulate, dv.mat, dv.accumulate);
                });
}

}  // namespace bantam
