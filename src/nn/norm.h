// RMSNorm with its gain, as joins and heads hold it.
#pragma once
#include "nn/build.h"
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

}  // namespace bantam
