// The tape: ops that ran while it was in scope, in order, and their backward steps in reverse.
#pragma once
#include <memory>
#include <vector>

#include "tensor/tensor.h"

namespace bantam {

// Where a backward kernel writes. With `accumulate` it adds to what is there, otherwise it overwrites.
struct GradientTarget {
  Mat mat;
  bool accumulate;
};

// y = f(x), several tensors each, that keeps only x: what f records now is forgotten, and f runs again on the way
// back. `roots` takes the [1, 1] losses that f adds on the side; their gradient is 1. No x is a column view.
// Chen et al. 2016 (arXiv:1604.06174).
using Replayed = std::function<std::vector<Tensor>(const std::vector<Tensor>& x, bool replaying,
                                                   std::vector<Tensor>& roots)>;
std::vector<Tensor> checkpoint(const std::vector<Tensor>& x, Replayed f);

class Tape {
 public:
  Tape();   // recording starts; tapes nest, the innermost records
  ~Tape();  // recording returns to the tape before
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Runs every backward step behind the roots, once, in reverse. A root is a [1, 1] loss whose gradient is 1,
  // or has the gradient `seeds[i]` of its shape. What a step captured is given back as soon as it ran.
  void backward(const std::vector<Tensor>& roots);
  void backward(const std::vector<Tensor>& roots, const std::vector<Tensor>& seeds);

  // The gradient that reached `x` (a leaf made by watch); empty when none did. Valid after backward.
  Tensor gradient(const Tensor& x) const;
  // `x` as a leaf of this tape whose gradient can be asked for.
  Tensor watch(const Tensor& x);

  static Tape* current();

 private:
  friend class Sink;
  friend class Tensor;
  friend Tensor record(const char*, Output, std::initializer_list<const Tensor*>, Backward, bool);
  friend std::vector<Tensor> checkpoint(const std::vector<Tensor>&, Replayed);
  struct Node {
    const char* op;
    size_t rows, cols;
    Dtype dtype;
    Device device;
    Backward backward;  // empty for a leaf
    Buffer gradient;
    std::vector<std::pair<size_t, size_t>> written = {};  // column ranges of `gradient` that hold values
  };
  uint32_t add(const char* op, const Tensor& value, Backward backward);
  void seed(const Tensor& root, const Tensor* gradient);
  void run();

  uint64_t id_;
  Tape* previous_;
  std::vector<Node> nodes_;
};

// While in scope no op is recorded on the tapes outside.
class Untaped {
 public:
  Untaped();
  ~Untaped();
  Untaped(const Untaped&) = delete;
  Untaped& operator=(const Untaped&) = delete;

 private:
  Tape* previous_;
};

// What a backward step writes its gradients into.
class Sink {
 public:
  explicit Sink(Tape& tape) : tape_(tape) {}
  bool wants(const Tensor& x) const;
  // The gradient of `x`, of its shape and dtype. Requires wants(x).
  GradientTarget into(const Tensor& x);
  // The gradient of a weight, f32 (f64 on the reference device). Requires weight.trains().
  GradientTarget into(Weight& weight);
  // The same, or nowhere (no data) when nobody asks for it.
  GradientTarget into_wanted(const Tensor& x) { return wants(x) ? into(x) : GradientTarget{}; }
  GradientTarget into_wanted(Weight& weight);
  // The gradient of `x` is `dy` itself (same shape, maybe another dtype): taken over or added.
  void pass(const Tensor& x, const Tensor& dy);

 private:
  Tape& tape_;
};

}  // namespace bantam
