#include "ops/head_sum.h"

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/head_sum.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// Calls f(row, first column) for every head of every row, in parallel.
template <class F>
void each_head(const ConstMat& x, size_t heads, F f) {
  parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      for (size_t h = 0; h < heads; ++h) f(t, h * (x.cols / heads));
  });
}

void forward(ConstMat v, ConstMat x, size_t heads, Mat y) {
  const size_t width = x.cols / heads;
  dispatch(x.dtype, [&]<class X>() {
    each_head(x, heads, [&](size_t t, size_t at) HWY_ATTR {
      const V s = set(sum(
          width, [](V a) HWY_ATTR { return a; }, x.row<X>(t) + at));
      map(
          width, y.row<X>(t) + at, [&](V a) HWY_ATTR { return hn::Mul(a, s); }, v.row<X>(t) + at);
    });
  });
}

// dv = s dy with s the sum, and every dx of a head = dy · v.
void backward(ConstMat dy, ConstMat v, ConstMat x, size_t heads, Mat dv, bool add_dv, Mat dx, bool add_dx) {
  const size_t width = x.cols / heads;
  dispatch(x.dtype, [&]<class X>() {
    each_head(x, heads, [&](size_t t, size_t at) HWY_ATTR {
      const X *dy_K = dy.row<X>(t) + at, *x_K = x.row<X>(t) + at;
      if (dv.data != nullptr) {
        const V s = set(sum(
            width, [](V a) HWY_ATTR { return a; }, x_K));
        map_into(
            width, dv.row<X>(t) + at, add_dv, [&](V d) HWY_ATTR { return hn::Mul(d, s); }, dy_K);
      }
      if (dx.data == nullptr) return;
      const V dot = set(sum(
          width, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); }, dy_K, v.row<X>(t) + at));
      map_into(
          width, dx.row<X>(t) + at, add_dx, [&](V) HWY_ATTR { return dot; }, x_K);
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

void forward(ConstMat v, ConstMat x, size_t heads, Mat y) {
  const size_t width = x.cols / heads;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t h = 0; h < heads; ++h) {
      double s = 0;
      for (size_t i = h * width; i < (h + 1) * width; ++i) s += x.row<double>(t)[i];
      for (size_t i = h * width; i < (h + 1) * width; ++i) y.row<double>(t)[i] = s * v.row<double>(t)[i];
    }
}

void backward(ConstMat dy, ConstMat v, ConstMat x, size_t heads, Mat dv, bool add_dv, Mat dx, bool add_dx) {
  const size_t width = x.cols / heads;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t h = 0; h < heads; ++h) {
      double s = 0, dot = 0;
      for (size_t i = h * width; i < (h + 1) * width; ++i)
        s += x.row<double>(t)[i], dot += dy.row<double>(t)[i] * v.row<double>(t)[i];
      for (size_t i = h * width; i < (h + 1) * width; ++i) {
        if (dv.data != nullptr)
          dv.row<double>(t)[i] = (add_dv ? dv.row<double>(t)[i] : 0) + s * dy.row<double>(t)[i];
        if (dx.data != nullptr) dx.row<double>(t)[i] = (add_dx ? dx.row<double>(t)[i] : 0) + dot;
      }
    }
}

}  // namespace reference

constinit Kernel<void(ConstMat, ConstMat, size_t, Mat)> head_sum_kernel{
    "multiply_by_head_sums", BANTAM_DISPATCH(forward), reference::forward};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, size_t, Mat, bool, Mat, bool)> head_sum_backward{
    "multiply_by_head_sums backward", BANTAM_DISPATCH(backward), reference::backward};

}  // namespace

Tensor multiply_by_head_sums(const Tensor& v, const Tensor& x, size_t heads) {
  require(v.rows() == x.rows() && v.cols() == x.cols() && heads > 0 && x.cols() % heads == 0,
          ErrorCode::invalid, "multiply_by_head_sums: [{}, {}] and [{}, {}] in {} heads", v.rows(), v.cols(),
          x.rows(), x.cols(), heads);
  Output y = like(v);
  head_sum_kernel(x.device(), v.mat(), x.mat(), heads, y.mat());
  return record("multiply_by_head_sums", std::move(y), {&v, &x}, [v, x, heads](Sink& sink, const Tensor& dy) {
    const GradientTarget dv = sink.into_wanted(v), dx = sink.into_wanted(x);
    head_sum_backward(dy.device(), dy.mat(), v.mat(), x.mat(), heads, dv.mat, dv.accumulate, dx.mat,
                      dx.accumulate);
  });
}

}  // namespace bantam
#endif
