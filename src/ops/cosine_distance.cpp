#include "ops/cosine_distance.h"

#include <cmath>
#include <vector>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr double kSmallest = 1e-8;
using Rows = std::span<const int32_t>;

template <class X, class Sum>
struct Angle {
  Sum p_norm = 0, q_norm = 0, cosine = 0;
  bool clamped = false;
  Angle(const X* p, const X* q, size_t width) {
    Sum pp = 0, qq = 0, pq = 0;
    for (size_t i = 0; i < width; ++i) {
      const Sum a = static_cast<Sum>(p[i]), b = static_cast<Sum>(q[i]);
      pp += a * a, qq += b * b, pq += a * b;
    }
    clamped = std::sqrt(pp) < static_cast<Sum>(kSmallest);
    p_norm = std::max(std::sqrt(pp), static_cast<Sum>(kSmallest));
    q_norm = std::max(std::sqrt(qq), static_cast<Sum>(kSmallest));
    cosine = pq / (p_norm * q_norm);
  }
};

template <class X, class Sum>
void forward_in(ConstMat p, ConstMat q, Rows target, double weight, Mat total) {
  sum_rows_in<Sum>(p.rows, total, false, [&](size_t t, Sum* partial) {
    if (target[t] < 0) return;
    const Angle<X, Sum> angle(p.row<X>(t), q.row<X>(static_cast<size_t>(target[t])), p.cols);
    *partial += static_cast<Sum>(weight) * (1 - angle.cosine);
  });
}

// ∂(1 − cos)/∂p = −(q/‖q‖ − cos p/‖p‖) / ‖p‖
template <class X, class Sum>
void backward_in(ConstMat p, ConstMat q, Rows target, double weight, Mat dp, bool add) {
  parallel_blocks(p.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      X* to = dp.row<X>(t);
      if (target[t] < 0) {
        if (!add) std::fill_n(to, dp.cols, X(0));
        continue;
      }
      const X *p_D = p.row<X>(t), *q_D = q.row<X>(static_cast<size_t>(target[t]));
      const Angle<X, Sum> angle(p_D, q_D, p.cols);
      const Sum by_q = -static_cast<Sum>(weight) / (angle.p_norm * angle.q_norm);
      const Sum by_p =
          angle.clamped ? Sum(0) : static_cast<Sum>(weight) * angle.cosine / (angle.p_norm * angle.p_norm);
      for (size_t i = 0; i < p.cols; ++i) {
        const Sum slope = by_q * static_cast<Sum>(q_D[i]) + by_p * static_cast<Sum>(p_D[i]);
        to[i] = static_cast<X>(add ? static_cast<Sum>(to[i]) + slope : slope);
      }
    }
  });
}

constinit Kernel<void(ConstMat, ConstMat, Rows, double, Mat)> distance_kernel{
    "cosine_distance",
    [](ConstMat p, auto... rest) { dispatch(p.dtype, [&]<class X>() { forward_in<X, float>(p, rest...); }); },
    forward_in<double, double>};
constinit Kernel<void(ConstMat, ConstMat, Rows, double, Mat, bool)> distance_backward_kernel{
    "cosine_distance backward",
    [](ConstMat p, auto... rest) {
      dispatch(p.dtype, [&]<class X>() { backward_in<X, float>(p, rest...); });
    },
    backward_in<double, double>};

}  // namespace

Tensor cosine_distance(const Tensor& p, const Tensor& q, std::span<const int32_t> target, double weight) {
  require(p.rows() == target.size() && p.cols() == q.cols(), ErrorCode::invalid,
          "cosine_distance: [{}, {}] against [{}, {}], {} targets", p.rows(), p.cols(), q.rows(), q.cols(),
          target.size());
  for (const int32_t t : target)
    require(t < static_cast<int64_t>(q.rows()), ErrorCode::invalid, "cosine_distance: target {} of {} rows",
            t, q.rows());
  const Tensor fixed = q.detached();
  Output total(1, 1, p.device() == Device::reference ? Dtype::f64 : Dtype::f32, p.device());
  distance_kernel(p.device(), p.mat(), fixed.mat(), target, weight, total.mat());
  return record("cosine_distance", std::move(total), {&p},
                [p, fixed, rows = std::vector<int32_t>(target.begin(), target.end()), weight](Sink& sink,
                                                                                              const Tensor&) {
                  const GradientTarget dp = sink.into(p);
                  distance_backward_kernel(p.device(), p.mat(), fixed.mat(), rows, weight, dp.mat,
                                           dp.accumulate);
                });
}

}  // namespace bantam
