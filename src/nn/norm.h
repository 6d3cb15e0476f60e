// Norms with their gains, as joins and heads hold them.
#pragma once
#include "nn/build.h"
#include "ops/head_norm.h"
#include "ops/rms_norm.h"

namespace bantam {

struct RmsNorm {
  Weight* gain = nullptr;
  float eps = 1e-5f;

  RmsNorm() = default;
  RmsNorm(const Build& b, std::string_view name, size_t width, float epsilon)
      : gain(&b.vector(std::string(name) + ".weight", width, 1.0)), eps(epsilon) {}

  Tensor operator()(const Tensor& x, Dtype out) const { return rms_norm(x, *gain, eps, out); }
};

// What norms the stream: RMSNorm, or LayerNorm with a bias (Ba et al. 2016, arXiv:1607.06450).
enum class NormKind { rms, layer };
inline std::vector<std::string> names(const NormKind*) { return {"rms", "layer"}; }

struct Norm {
  Weight* gain = nullptr;
  Weight* bias = nullptr;  // of a LayerNorm
  float eps = 1e-5f;

  Norm() = default;
  Norm(const Build& b, std::string_view name, size_t width, NormKind kind, float epsilon)
      : gain(&b.vector(std::string(name) + ".weight", width, 1.0)), eps(epsilon) {
    if (kind == NormKind::layer) bias = &b.vector(std::string(name) + ".bias", width, 0.0);
  }

  Tensor operator()(const Tensor& x, Dtype out) const {
    return bias == nullptr ? rms_norm(x, *gain, eps, out) : group_norm(x, 1, *gain, *bias, eps, out);
  }
};

}  // namespace bantam
