#include "ops/router_z.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

template <class T>
double log_sum(const T* z, size_t experts) {
  const double top = static_cast<double>(*std::max_element(z, z + experts));
  double sum = 0;
  for (size_t e = 0; e < experts; ++e) sum += std::exp(static_cast<double>(z[e]) - top);
  return top + std::log(sum);
}

double share(std::span<const size_t> tokens, double factor) {
  return tokens.empty() ? 0 : factor / static_cast<double>(tokens.size());
}

template <class T>
void forward_in(ConstMat z, std::span<const size_t> tokens, double factor, Mat total) {
  double sum = 0;
  for (const size_t t : tokens) {
    const double log_z = log_sum(z.row<T>(t), z.cols);
    sum += log_z * log_z;
  }
  *total.row<T>(0) = static_cast<T>(share(tokens, factor) * sum);
}

// dz[t, e] = factor / |tokens| · 2 log Z · e^(z[t, e] − log Z)
template <class T>
void backward_in(ConstMat z, std::span<const size_t> tokens, double factor, Mat dz) {
  for (const size_t t : tokens) {
    const double log_z = log_sum(z.row<T>(t), z.cols), scale = 2 * share(tokens, factor) * log_z;
    for (size_t e = 0; e < z.cols; ++e) {
      T& to = dz.row<T>(t)[e];
      to = static_cast<T>(static_cast<double>(to) +
                          scale * std::exp(static_cast<double>(z.row<T>(t)[e]) - log_z));
    }
  }
}

constinit Kernel<void(ConstMat, std::span<const size_t>, double, Mat)> forward_kernel{
    "router_z_loss", forward_in<float>, forward_in<double>};
constinit Kernel<void(ConstMat, std::span<const size_t>, double, Mat)> backward_kernel{
    "router_z_loss backward", backward_in<float>, backward_in<double>};

}  // namespace

Tensor router_z_loss(const Tensor& z, std::span<const size_t> tokens, double factor) {
  Output total(1, 1, z.dtype(), z.device());
  forward_kernel(z.device(), z.mat(), tokens, factor, total.mat());
  return record(
      "router_z_loss", std::move(total), {&z},
      [z, factor, kept = std::vector<size_t>(tokens.begin(), tokens.end())](Sink& sink, const Tensor&) {
        const GradientTarget dz = sink.into(z);
        if (!dz.accumulate) fill_zero(z.device(), dz.mat);
        backward_kernel(z.device(), z.mat(), kept, factor, dz.mat);
      });
}

}  // namespace bantam
