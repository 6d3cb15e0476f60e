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
void weights_forward(ConstMat p, ConstMat scale, double floor_share, Mat y) {
  const T share = static_cast<T>(1 - floor_share),
          even = static_cast<T>(floor_share / static_cast<double>(p.cols));
  for (size_t t = 0; t < p.rows; ++t)
    for (size_t r = 0; r < p.cols; ++r) y.row<T>(t)[r] = *scale.row<T>(t) * (share * p.row<T>(t)[r] + even);
}

template <class T>
void weights_backward(ConstMat dy, ConstMat scale, double floor_share, Mat dp, bool add_dp) {
  const T share = static_cast<T>(1 - floor_share);
  for (size_t t = 0; t < dy.rows; ++t)
    for (size_t r = 0; r < dy.cols; ++r) {
      T& d = dp.row<T>(t)[r];
      d = (add_dp ? d : 0) + share * *scale.row<T>(t) * dy.row<T>(t)[r];
    }
}

template <class T>
constexpr T kSmallest = std::is_same_v<T, double> ? T(1e-300) : T(1e-37);

template <class T>
void divergence_forward(ConstMat p, ConstMat scale, const std::vector<double>& log_prior, double weight,
                        Mat total) {
  double sum = 0;
  for (size_t t = 0; t < p.rows; ++t)
    for (size_t r = 0; r < p.cols; ++r) {
      const T q = p.row<T>(t)[r];
      sum += static_cast<double>(*scale.row<T>(t)) * q * (std::log(std::max(q, kSmallest<T>)) - log_prior[r]);
    }
  *total.row<T>(0) = static_cast<T>(weight * sum);
}

template <class T>
void divergence_backward(ConstMat p, ConstMat scale, const std::vector<double>& log_prior, double weight,
                         Mat dp, bool add_dp) {
  for (size_t t = 0; t < p.rows; ++t)
    for (size_t r = 0; r < p.cols; ++r) {
      T& d = dp.row<T>(t)[r];
      const T slope = std::log(std::max(p.row<T>(t)[r], kSmallest<T>)) + 1 - static_cast<T>(log_prior[r]);
      d = (add_dp ? d : 0) + static_cast<T>(weight) * *scale.row<T>(t) * slope;
    }
}

// How much going on after step r is worth: σ(k (max(0, CE_r − CE_{r+1}) − γ)).
template <class T>
T gain_of(const T* ce, size_t r, double slope, double threshold) {
  const double gain = std::max(0.0, static_cast<double>(ce[r]) - static_cast<double>(ce[r + 1]));
  return static_cast<T>(1 / (1 + std::exp(-slope * (gain - threshold))));
}

template <class T>
void gain_forward(ConstMat z, ConstMat ce, ConstMat scale, double slope, double threshold, Mat total) {
  double sum = 0;
  for (size_t t = 0; t < z.rows; ++t)
    for (size_t r = 0; r < z.cols; ++r) {
      const T g = gain_of(ce.row<T>(t), r, slope, threshold), logit = z.row<T>(t)[r];
      sum -= static_cast<double>(*scale.row<T>(t)) * (g * log_sigmoid(-logit) + (1 - g) * log_sigmoid(logit));
    }
  *total.row<T>(0) = static_cast<T>(sum / static_cast<double>(z.cols));
}

// ∂/∂z of −g log(1 − λ) − (1 − g) log λ is λ − (1 − g).
template <class T>
void gain_backward(ConstMat z, ConstMat ce, ConstMat scale, double slope, double threshold, Mat dz,
                   bool add_dz) {
  for (size_t t = 0; t < z.rows; ++t)
    for (size_t r = 0; r < z.cols; ++r) {
      const T g = gain_of(ce.row<T>(t), r, slope, threshold), lambda = 1 / (1 + std::exp(-z.row<T>(t)[r]));
      T& d = dz.row<T>(t)[r];
      d = (add_dz ? d : 0) + *scale.row<T>(t) / static_cast<T>(z.cols) * (lambda - 1 + g);
    }
}

constinit Kernel<void(ConstMat, Mat)> exit_kernel{"exit_distribution", exit_forward<float>,
                                                  exit_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat, bool)> exit_backward_kernel{
    "exit_distribution backward", exit_backward<float>, exit_backward<double>};
constinit Kernel<void(ConstMat, ConstMat, double, Mat)> weights_kernel{"exit_weights", weights_forward<float>,
                                                                       weights_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, double, Mat, bool)> weights_backward_kernel{
    "exit_weights backward", weights_backward<float>, weights_backward<double>};
constinit Kernel<void(ConstMat, ConstMat, const std::vector<double>&, double, Mat)> divergence_kernel{
    "exit_divergence", divergence_forward<float>, divergence_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, const std::vector<double>&, double, Mat, bool)>
    divergence_backward_kernel{"exit_divergence backward", divergence_backward<float>,
                               divergence_backward<double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, double, double, Mat)> gain_kernel{
    "gain_loss", gain_forward<float>, gain_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, double, double, Mat, bool)> gain_backward_kernel{
    "gain_loss backward", gain_backward<float>, gain_backward<double>};

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

Tensor exit_weights(const Tensor& p, const Tensor& scale, double floor_share) {
  Output y = like(p);
  weights_kernel(p.device(), p.mat(), scale.mat(), floor_share, y.mat());
  return record("exit_weights", std::move(y), {&p}, [p, scale, floor_share](Sink& sink, const Tensor& dy) {
    const GradientTarget dp = sink.into(p);
    weights_backward_kernel(dy.device(), dy.mat(), scale.mat(), floor_share, dp.mat, dp.accumulate);
  });
}

Tensor exit_divergence(const Tensor& p, const Tensor& scale, const std::vector<double>& log_prior,
                       double weight) {
  BANTAM_ASSERT(log_prior.size() == p.cols());
  Output total(1, 1, p.dtype(), p.device());
  divergence_kernel(p.device(), p.mat(), scale.mat(), log_prior, weight, total.mat());
  return record("exit_divergence", std::move(total), {&p}, [=](Sink& sink, const Tensor&) {
    const GradientTarget dp = sink.into(p);
    divergence_backward_kernel(p.device(), p.mat(), scale.mat(), log_prior, weight, dp.mat, dp.accumulate);
  });
}

Tensor gain_loss(const Tensor& z, const Tensor& ce, const Tensor& scale, double slope, double threshold) {
  BANTAM_ASSERT(ce.cols() == z.cols() + 1);
  Output total(1, 1, z.dtype(), z.device());
  gain_kernel(z.device(), z.mat(), ce.mat(), scale.mat(), slope, threshold, total.mat());
  return record("gain_loss", std::move(total), {&z}, [=](Sink& sink, const Tensor&) {
    const GradientTarget dz = sink.into(z);
    gain_backward_kernel(z.device(), z.mat(), ce.mat(), scale.mat(), slope, threshold, dz.mat, dz.accumulate);
  });
}

}  // namespace bantam
