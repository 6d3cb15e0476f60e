// Weights that belong to no model, for tests of what updates them.
#pragma once
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "model/tiny_models.h"
#include "tensor/copy.h"
#include "tensor/weight.h"

namespace bantam::testing {

// Row by row: weight [rows, cols] with `values`, an empty gradient and, if `low`, an empty bf16 copy; f64 on the
// reference device, f32 elsewhere.
inline std::unique_ptr<Weight> loose_weight(std::vector<WeightPart> parts, size_t rows, size_t cols,
                                            const std::vector<double>& values, Device device, bool low) {
  auto weight = std::make_unique<Weight>();
  const Dtype dtype = device == Device::reference ? Dtype::f64 : Dtype::f32;
  weight->name = parts.front().name;
  weight->parts = std::move(parts);
  weight->rows = rows;
  weight->cols = cols;
  Output master(rows, cols, dtype, device);
  copy(device, ConstMat(values.data(), rows, cols, cols, Dtype::f64), master.mat());
  weight->master = constant("a test's weight", std::move(master));
  weight->gradient = Output(rows, cols, dtype, device);
  if (low) weight->low = constant("a test's weight", Output(rows, cols, Dtype::bf16, device));
  return weight;
}

inline void put_gradient(Weight& weight, const std::vector<double>& values) {
  copy(weight.device(), ConstMat(values.data(), weight.rows, weight.cols, weight.cols, Dtype::f64),
       weight.gradient.mat());
  weight.gradient_is_fresh = false;
}

}  // namespace bantam::testing
