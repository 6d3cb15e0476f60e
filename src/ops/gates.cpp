#include "ops/gates.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/gates.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

void scaled_sum(ConstMat x, ConstMat y, double scale, Mat z) {
  dispatch(x.dtype, [&]<class X>() {
    dispatch(y.dtype, [&]<class Y>() {
      parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
        const V s = set(static_cast<float>(scale));
        for (size_t t = begin; t < end; ++t)
          map(
              x.cols, z.row<X>(t), [s](V a, V b) HWY_ATTR { return hn::MulAdd(s, b, a); }, x.row<X>(t),
              y.row<Y>(t));
      });
    });
  });
}

// dy = scale dz; along: [1, 1], ⟨dz, y⟩
void scaled_sum_backward(ConstMat dz, ConstMat y, double scale, Mat dy, bool add_dy, Mat along) {
  dispatch(dz.dtype, [&]<class X>() {
    dispatch(y.dtype, [&]<class Y>() {
      std::vector<double> sums(dz.rows);  // rows cancel each other, so their sum is taken in f64
      parallel_blocks(dz.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
        const V s = set(static_cast<float>(scale));
        for (size_t t = begin; t < end; ++t) {
          if (dy.data != nullptr)
            map_into(
                y.cols, dy.row<Y>(t), add_dy, [s](V d) HWY_ATTR { return hn::Mul(s, d); }, dz.row<X>(t));
          sums[t] = sum(
              y.cols, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); }, dz.row<X>(t), y.row<Y>(t));
        }
      });
      *along.row<float>(0) = static_cast<float>(std::accumulate(sums.begin(), sums.end(), 0.0));
    });
  });
}

void derf(ConstMat z, ConstMat alpha, ConstMat beta, ConstMat gamma, Mat g) {
  dispatch(z.dtype, [&]<class X>() {
    parallel_blocks(z.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      for (size_t t = begin; t < end; ++t)
        map(
            z.cols, g.row<X>(t),
            [](V v, V a, V b, V c) HWY_ATTR {
              return hn::Mul(hn::Mul(set(0.5f), c), hn::Add(set(1.0f), erf(hn::MulAdd(a, v, b))));
            },
            z.row<X>(t), alpha.row<float>(0), beta.row<float>(0), gamma.row<float>(0));
    });
  });
}

// With e = α z + β and s = dg γ e^(−e²) / √π:  dz = α s,  dα = Σ s z,  dβ = Σ s,  dγ = Σ dg (1 + erf e) / 2.
// dweights: [1, 3C].
void derf_backward(ConstMat dg, ConstMat z, ConstMat alpha, ConstMat beta, ConstMat gamma, Mat dz,
                   bool add_dz, Mat dweights) {
  const size_t c = z.cols;
  dispatch(z.dtype, [&]<class X>() {
    sum_over_rows(z.rows, dweights, false, [&](size_t t, float* partial) HWY_ATTR {
      const float *a = alpha.row<float>(0), *b = beta.row<float>(0), *g = gamma.row<float>(0);
      const auto slope = [](V d, V v, V al, V be, V ga) HWY_ATTR {
        const V e = hn::MulAdd(al, v, be);
        return hn::Mul(hn::Mul(d, hn::Mul(ga, set(0.56418958f))), exp(hn::Neg(hn::Mul(e, e))));
      };
      const X *d = dg.row<X>(t), *v = z.row<X>(t);
      if (dz.data != nullptr)
        map_into(
            c, dz.row<X>(t), add_dz,
            [&](V dd, V vv, V al, V be, V ga) HWY_ATTR { return hn::Mul(al, slope(dd, vv, al, be, ga)); }, d,
            v, a, b, g);
      map(
          c, partial,
          [&](V sum, V dd, V vv, V al, V be, V ga)
              HWY_ATTR { return hn::MulAdd(slope(dd, vv, al, be, ga), vv, sum); },
          static_cast<const float*>(partial), d, v, a, b, g);
      map(
          c, partial + c,
          [&](V sum, V dd, V vv, V al, V be, V ga)
              HWY_ATTR { return hn::Add(slope(dd, vv, al, be, ga), sum); },
          static_cast<const float*>(partial + c), d, v, a, b, g);
      map(
          c, partial + 2 * c,
          [](V sum, V dd, V vv, V al, V be) HWY_ATTR {
            return hn::MulAdd(hn::Mul(dd, set(0.5f)), hn::Add(set(1.0f), erf(hn::MulAdd(al, vv, be))), sum);
          },
          static_cast<const float*>(partial + 2 * c), d, v, a, b);
    });
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(scaled_sum);
HWY_EXPORT(scaled_sum_backward);
HWY_EXPORT(derf);
HWY_EXPORT(derf_backward);

namespace reference {

void scaled_sum(ConstMat x, ConstMat y, double scale, Mat z) {
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t c = 0; c < x.cols; ++c)
      z.row<double>(t)[c] = x.row<double>(t)[c] + scale * y.row<double>(t)[c];
}

void scaled_sum_backward(ConstMat dz, ConstMat y, double scale, Mat dy, bool add_dy, Mat along) {
  double& total = *along.row<double>(0);
  total = 0;
  for (size_t t = 0; t < y.rows; ++t)
    for (size_t c = 0; c < y.cols; ++c) {
      const double d = dz.row<double>(t)[c];
      total += d * y.row<double>(t)[c];
      if (dy.data != nullptr) dy.row<double>(t)[c] = (add_dy ? dy.row<double>(t)[c] : 0) + scale * d;
    }
}

void derf(ConstMat z, ConstMat alpha, ConstMat beta, ConstMat gamma, Mat g) {
  for (size_t t = 0; t < z.rows; ++t)
    for (size_t c = 0; c < z.cols; ++c) {
      const double e = alpha.row<double>(0)[c] * z.row<double>(t)[c] + beta.row<double>(0)[c];
      g.row<double>(t)[c] = 0.5 * gamma.row<double>(0)[c] * (1 + std::erf(e));
    }
}

void derf_backward(ConstMat dg, ConstMat z, ConstMat alpha, ConstMat beta, ConstMat gamma, Mat dz,
                   bool add_dz, Mat dweights) {
  double* sums = dweights.row<double>(0);
  std::fill_n(sums, 3 * z.cols, 0.0);
  for (size_t t = 0; t < z.rows; ++t)
    for (size_t c = 0; c < z.cols; ++c) {
      const double v = z.row<double>(t)[c], a = alpha.row<double>(0)[c], e = a * v + beta.row<double>(0)[c];
      const double d = dg.row<double>(t)[c];
      const double slope = d * gamma.row<double>(0)[c] * std::exp(-e * e) / std::sqrt(M_PI);
      if (dz.data != nullptr) dz.row<double>(t)[c] = (add_dz ? dz.row<double>(t)[c] : 0) + a * slope;
      sums[c] += slope * v;
      sums[z.cols + c] += slope;
      sums[2 * z.cols + c] += d * 0.5 * (1 + std::erf(e));
    }
}

}  // namespace reference

constinit Kernel<void(ConstMat, ConstMat, double, Mat)> scaled_sum_kernel{
    "gated_add", BANTAM_DISPATCH(scaled_sum), reference::scaled_sum};
constinit Kernel<void(ConstMat, ConstMat, double, Mat, bool, Mat)> scaled_sum_backward_kernel{
    "gated_add backward", BANTAM_DISPATCH(scaled_sum_backward), reference::scaled_sum_backward};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, ConstMat, Mat)> derf_kernel{
    "derf_gate", BANTAM_DISPATCH(derf), reference::derf};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, ConstMat, ConstMat, Mat, bool, Mat)> derf_backward_kernel{
    "derf_gate backward", BANTAM_DISPATCH(derf_backward), reference::derf_backward};

double number(const Mat& row, size_t i) {
  return row.dtype == Dtype::f64 ? row.row<double>(0)[i] : static_cast<double>(row.row<float>(0)[i]);
}
void add_number(const GradientTarget& target, size_t i, double value) {
  if (!target.accumulate) fill_zero(Device::cpu, target.mat);
  if (target.mat.dtype == Dtype::f64)
    target.mat.row<double>(0)[i] += value;
  else
    target.mat.row<float>(0)[i] += static_cast<float>(value);
}

}  // namespace

Tensor gated_add(const Tensor& x, const Tensor& y, Weight& gate, size_t which) {
  require(x.rows() == y.rows() && x.cols() == y.cols() && which < gate.count(), ErrorCode::invalid,
          "gated_add: [{}, {}] and [{}, {}], gate {} of {}", x.rows(), x.cols(), y.rows(), y.cols(), which,
          gate.count());
  const Device device = x.device();
  const double open = device == Device::meta ? 0 : std::tanh(number(gate.writable(), which));
  Output z = like(x);
  scaled_sum_kernel(device, x.mat(), y.mat(), open, z.mat());
  return record(
      "gated_add", std::move(z), {&x, &y},
      [x, y, &gate, which, open](Sink& sink, const Tensor& dz) {
        const GradientTarget dy = sink.into_wanted(y);
        Output along(1, 1, gate.master.dtype(), dz.device());
        scaled_sum_backward_kernel(dz.device(), dz.mat(), y.mat(), open, dy.mat, dy.accumulate, along.mat());
        if (sink.wants(x)) sink.pass(x, dz);
        if (!gate.trains()) return;
        const GradientTarget dgate = sink.into(gate);
        if (dz.device() != Device::meta) add_number(dgate, which, (1 - open * open) * number(along.mat(), 0));
      },
      gate.trains());
}

Tensor derf_gate(const Tensor& z, Weight& alpha, Weight& beta, Weight& gamma) {
  Output g = like(z);
  derf_kernel(z.device(), z.mat(), alpha.master.mat(), beta.master.mat(), gamma.master.mat(), g.mat());
  return record(
      "derf_gate", std::move(g), {&z},
      [z, &alpha, &beta, &gamma](Sink& sink, const Tensor& dg) {
        const GradientTarget dz = sink.into_wanted(z);
        const size_t c = z.cols();
        Output sums(1, 3 * c, alpha.master.dtype(), dg.device());
        derf_backward_kernel(dg.device(), dg.mat(), z.mat(), alpha.master.mat(), beta.master.mat(),
                             gamma.master.mat(), dz.mat, dz.accumulate, sums.mat());
        size_t at = 0;
        for (Weight* weight : {&alpha, &beta, &gamma}) {
          if (weight->trains()) {
            const GradientTarget target = sink.into(*weight);
            copy(dg.device(), sums.mat().slice_cols(at, c), target.mat, target.accumulate);
          }
          at += c;
        }
      },
      alpha.trains());
}

}  // namespace bantam
#endif
