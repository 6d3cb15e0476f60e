// A linear map with its weight, as parts hold it.
#pragma once
#include "nn/build.h"
#include "ops/linear.h"

namespace bantam {

struct Linear {
  Weight* weight = nullptr;
  Weight* bias = nullptr;

  Linear() = default;
  // One map under one name.
  Linear(const Build& b, std::string_view name, size_t in, size_t out, bool with_bias = false,
         Initial initial = {})
      : Linear(b, {{name, out}}, in, with_bias, initial) {}
  // Several maps of the same input in one product; the result holds theirs side by side.
  Linear(const Build& b, const std::vector<Build::Rows>& blocks, size_t in, bool with_bias = false,
         Initial initial = {})
      : weight(&b.matrix(blocks, in, initial)), bias(with_bias ? &b.bias(blocks) : nullptr) {}

  Tensor operator()(const Tensor& x) const { return linear(x, *weight, bias); }
  Tensor operator()(const Tensor& x, Dtype out) const { return linear(x, *weight, bias, out); }
};

}  // namespace bantam
