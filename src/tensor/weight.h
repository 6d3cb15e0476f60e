// A matrix that is learnt: its f32 master, the bf16 copy that products read, its gradient, and the names
// under which its rows stand in a checkpoint. Several named tensors may share one matrix (q, k and v; gate
// and up), so that one GEMM computes them all. Parts of the model see none of this.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace bantam {

// How a new model fills a tensor: a constant, N(0, value²), uniform Glorot of gain `value` (fan-in = columns,
// fan-out = rows of the part; Glorot & Bengio 2010), a line from `value` to `last` or the logarithm of one, a number whose
// softplus is log-uniform between the two, or values one by one.
struct Initial {
  enum Kind { constant, normal, glorot, line, log_line, time_step, listed } kind = glorot;
  double value = 1, last = 0;
  std::vector<double> values = {};
  // N(0, deviation²); 0 leaves it to Glorot.
  static Initial deviating(double deviation) {
    return deviation > 0 ? Initial{normal, deviation} : Initial{};
  }
  static Initial list(std::vector<double> values) { return {listed, 0, 0, std::move(values)}; }
};

// Elements [offset, offset + count) of the matrix, in row-major order, are the checkpoint tensor `name`.
struct WeightPart {
  std::string name;
  std::vector<size_t> shape;
  size_t offset = 0, count = 0;
  Initial initial = {};
};

struct Weight {
  std::string name;  // of the first part
  std::vector<WeightPart> parts;
  size_t rows = 0, cols = 0;
  bool decays = true;      // weight decay applies: matrices yes, gains and biases no
  bool trainable = true;   // frozen weights record nothing
  bool is_buffer = false;  // not counted as parameters: learnt outside the gradient, or never
  bool ternary = false;    // products read it as −1, 0, 1 (ops/ternary_linear.h); files may hold it packed
  Tensor master;           // [rows, cols] f32; f64 on the reference device
  Tensor low;              // bf16 copy of the master, where products run in bf16; else empty
  Output gradient;         // as the master; absent outside training
  bool gradient_is_fresh = true;  // nothing was written since the last step: reads as zero
  uint64_t version = 1;           // grows whenever the values change; what was derived from them checks it

  Device device() const { return master.device(); }
  bool trains() const { return trainable && static_cast<bool>(gradient); }
  size_t count() const { return rows * cols; }
  // The values in `dtype`. Requires: bf16 only where `low` is kept.
  const Tensor& in(Dtype dtype) const { return dtype == Dtype::bf16 ? low : master; }

  // Writable masters; whoever writes calls changed() after.
  Mat writable();
  // Rebuilds the bf16 copy and outdates what was derived from the old values.
  void changed();

  // Of a buffer that learns outside the gradient: what passes counted since the last step, and what is made of it once a
  // step has been learnt from.
  std::vector<double> tally;
  std::function<void(Weight&, const std::vector<double>& tally)> after_step;

  // Layouts derived for products, owned by ops/matmul and rebuilt when `version` moves on.
  std::shared_ptr<void> layouts;
};

}  // namespace bantam
