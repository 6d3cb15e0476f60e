#include "ops/halting.h"

#include <algorithm>
#include <cmath>

#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

// log σ(z) without overflow.
template <class T>
T log_sigmoid(T z) {
  return std::min(z, T(0)) - std::log1p(std::exp(-std::abs(z)));
}

template <class T>
void exit_forward(ConstMat z, Mat p) {
  const size_t last = z.cols;
  for (size_t t = 0; t < z.rows; ++t) {
    T log_left = 0;  // log Π (1 − λ_j)
    for (size_t r = 0; r < last; ++r) {
      const T logit = z.row<T>(t)[r];
      p.row<T>(t)[r] = std::exp(log_left + log_sigmoid(logit));
      log_left += log_sigmoid(-logit);
    }
    p.row<T>(t)[last] = std::exp(log_left);
  }
}

// With F = ∂L/∂p:  ∂L/∂z_r = (1 − λ_r) p_r F_r − λ_r Σ_{s>r} p_s F_s.
template <class T>
void exit_backward(ConstMat dp, ConstMat p, ConstMat z, Mat dz, bool add_dz) {
  for (size_t t = 0; t < z.rows; ++t) {
    T later = p.row<T>(t)[z.cols] * dp.row<T>(t)[z.cols];
    for (size_t r = z.cols; r-- > 0;) {
      const T mine = p.row<T>(t)[r] * dp.row<T>(t)[r];
      const T lambda = 1 / (1 + std::exp(-z.row<T>(t)[r]));
      T& d = dz.row<T>(t)[r];
      d = (add_dz ? d : 0) + (1 - lambda) * mine - lambda * later;
      later += mine;
    }
  }
}

template <class T>
void scale_kernel(ConstMat x, ConstMat scale, Mat y, bool add_y) {
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t c = 0; c < x.cols; ++c) {
      T& out = y.row<T>(t)[c];
      out = (add_y ? out : 0) + x.row<T>(t)[c] * *scale.row<T>(t);
    }
}

template <class T>
constexpr T kSmallest = std::is_same_v<T, double> ? T(1e-300) : T(1e-37);

template <class T>
void entropy_forward(ConstMat p, ConstMat scale, Mat total) {
  double sum = 0;
  for (size_t t = 0; t < p.rows; ++t)
    for (size_t r = 0; r < p.cols; ++r) {
      const T q = p.row<T>(t)[r];
      sum += static_cast<double>(*scale.row<T>(t)) * q * std::log(std::max(q, kSmallest<T>));
    }
  *total.row<T>(0) = static_cast<T>(sum);
}

template <class T>
void entropy_backward(ConstMat p, ConstMat scale, Mat dp, bool add_dp) {
  for (size_t t = 0; t < p.rows; ++t)
    for (size_t r = 0; r < p.cols; ++r) {
      T& d = dp.row<T>(t)[r];
      d = (add_dp ? d : 0) + *scale.row<T>(t) * (std::log(std::max(p.row<T>(t)[r], kSmallest<T>)) + 1);
    }
}

constinit Kernel<void(ConstMat, Mat)> exit_kernel{"exit_distribution", exit_forward<float>, exit_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat, bool)> exit_backward_kernel{
    "exit_distribution backward", exit_backward<float>, exit_backward<double>};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> scale_rows_kernel{"scale_rows", scale_kernel<float>,
                                                                        scale_kernel<double>};
constinit Kernel<void(ConstMat, ConstMat, Mat)> entropy_kernel{"negative_entropy", entropy_forward<float>,
                                                               entropy_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> entropy_backward_kernel{
    "negative_entropy backward", entropy_backward<float>, entropy_backward<double>};

}  // namespace

Tensor exit_distribution(const Tensor& z) {
  Output p(z.rows(), z.cols() + 1, z.dtype(), z.device());
  exit_kernel(z.device(), z.mat(), p.mat());
  Output kept(z.rows(), z.cols() + 1, z.dtype(), z.device());
  copy(z.device(), p.mat(), kept.mat());
  const Tensor p_kept = constant("the exits, for the way back", std::move(kept));
  return record("exit_distribution", std::move(p), {&z}, [z, p_kept](Sink& sink, const Tensor& dp) {
    const GradientTarget dz = sink.into(z);
    exit_backward_kernel(dp.device(), dp.mat(), p_kept.mat(), z.mat(), dz.mat, dz.accumulate);
  });
}

Tensor scale_rows(const Tensor& x, const Tensor& scale) {
  Output y = like(x);
  scale_rows_kernel(x.device(), x.mat(), scale.mat(), y.mat(), false);
  return record("scale_rows", std::move(y), {&x}, [x, scale](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    scale_rows_kernel(dy.device(), dy.mat(), scale.mat(), dx.mat, dx.accumulate);
  });
}

Tensor negative_entropy(const Tensor& p, const Tensor& scale) {
  Output total(1, 1, p.dtype(), p.device());
  entropy_kernel(p.device(), p.mat(), scale.mat(), total.mat());
  return record("negative_entropy", std::move(total), {&p}, [p, scale](Sink& sink, const Tensor&) {
    const GradientTarget dp = sink.into(p);
    entropy_backward_kernel(p.device(), p.mat(), scale.mat(), dp.mat, dp.accumulate);
  });
}

}  // namespace bantam
