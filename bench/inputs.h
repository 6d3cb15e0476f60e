// Tensors of random numbers for benchmarks.
#pragma once
#include <utility>

#include "base/random.h"
#include "tensor/copy.h"
#include "tensor/tensor.h"

namespace bantam {

// Normal numbers times `scale` plus `offset`.
inline Tensor random_tensor(size_t rows, size_t cols, Dtype dtype, uint64_t seed, float scale = 1,
                            float offset = 0) {
  Output wide(rows, cols, Dtype::f32, Device::cpu), out(rows, cols, dtype, Device::cpu);
  const RandomStream random(seed, "bench");
  float* values = wide.mat().row<float>(0);
  for (size_t i = 0; i < rows * cols; ++i) values[i] = offset + scale * static_cast<float>(random.normal(i));
  copy(Device::cpu, wide.mat(), out.mat());
  return constant("a benchmark's input", std::move(out));
}

}  // namespace bantam
