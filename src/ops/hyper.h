// Hyper-connections: n parallel residual streams, read by one mix and written back by another, with a doubly
// stochastic mix among themselves.
//   Zhu et al. 2024 (arXiv:2409.19606); manifold-constrained: Xie et al. 2025 (arXiv:2512.24880).
// Dimensions:  T tokens   n streams   D width   G = 2n + n² gates: read n, write n, mix n·n (row i: from stream i)
#pragma once
#include <cstddef>
#include <vector>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

struct HyperShape {
  static constexpr size_t kMostStreams = 16, kMostIterations = 64;
  size_t streams = 2;
  size_t iterations = 20;  // of Sinkhorn's normalisation: columns, then (iterations − 1) × rows and columns
  double eps = 1e-6;
  size_t gates() const { return streams * (2 + streams); }
};

// Vectors as one row, [1, Σ sizes], in f32 (f64 on the reference device). Differentiable in each.
Tensor row_of(const std::vector<Weight*>& vectors);

// y[t] = x[t] · scale[g] + base, where g counts the runs of `widths` columns. scale: one value a run; base: [1, C].
// Differentiable in all three.
Tensor scale_runs(const Tensor& x, const std::vector<size_t>& widths, Weight& scale, Weight& base);

// z: [R, G] logits of the gates, R = 1 or T. Result [R, G]:
//   read = σ(z) + eps,  write = 2σ(z),  mix = Sinkhorn(softmax over each row (z) + eps).  Differentiable, through every
// iteration.
Tensor hyper_gates(const Tensor& z, const HyperShape& shape);

// The branch's input: y[t] = Σ_j read[t, j] X[t, j].  stream: [T, n·D]; read: [R, n]; result [T, D]. Differentiable.
Tensor hyper_read(const Tensor& stream, const Tensor& read);

// The streams after a branch: X'[t, j] = write[t, j] y[t] + Σ_i mix[t, i, j] X[t, i].  y: [T, D], of any dtype; write_mix:
// [R, n + n²]; result as `stream`. Differentiable.
Tensor hyper_write(const Tensor& stream, const Tensor& y, const Tensor& write_mix, size_t streams);

// n copies of x side by side: [T, D] → [T, n·D]. Differentiable.
Tensor spread_streams(const Tensor& x, size_t streams);

}  // namespace bantam
