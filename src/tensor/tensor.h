// A matrix of numbers that remembers how it was made. Activations are packed rows [T, C]; a vector is [1, n].
//
// Law: a Tensor comes from fresh memory only through record(…), which needs its backward step, or
// constant("why", …). A forgotten gradient therefore does not compile. Tensors are values: copies share
// memory, which nobody writes again.
#pragma once
#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include "tensor/arena.h"
#include "tensor/mat.h"

namespace bantam {

class Tape;
class Sink;
class Tensor;
struct Weight;

// Memory that an op is still filling.
class Output {
 public:
  Output() = default;
  Output(size_t rows, size_t cols, Dtype dtype, Device device, BufferUse use = BufferUse::tensor)
      : buffer_(rows * cols * bytes_of(dtype), device, use), rows_(rows), cols_(cols), dtype_(dtype) {}
  Mat mat() const { return {buffer_.data(), rows_, cols_, cols_, dtype_}; }
  Device device() const { return buffer_.device(); }
  explicit operator bool() const { return static_cast<bool>(buffer_); }

 private:
  friend class Tensor;
  Buffer buffer_;
  size_t rows_ = 0, cols_ = 0;
  Dtype dtype_ = Dtype::f32;
};

using Backward = std::function<void(Sink& sink, const Tensor& gradient)>;

class Tensor {
 public:
  Tensor() = default;

  size_t rows() const { return rows_; }
  size_t cols() const { return cols_; }
  Dtype dtype() const { return dtype_; }
  Device device() const { return buffer_.device(); }
  explicit operator bool() const { return static_cast<bool>(buffer_); }
  ConstMat mat() const;
  template <class T>
  const T* data() const {
    return mat().row<T>(0);
  }
  // Columns [begin, begin + count) of every row: a view whose gradient flows into those columns.
  Tensor columns(size_t begin, size_t count) const;
  // The same values cut off from the tape.
  Tensor detached() const;
  // Whether the running tape will ask for this tensor's gradient.
  bool needs_gradient() const;
  // The same tensor with a way to compute its values again from what the tape keeps anyway. Backward steps
  // that hold it as Kept then hold the recipe and not the memory. `again` returns the same bits and records
  // nothing.
  Tensor with_recipe(std::function<Tensor()> again) const;

 private:
  friend class Kept;
  friend class Tape;
  friend class Sink;
  friend Tensor record(const char*, Output, std::initializer_list<const Tensor*>, Backward, bool);
  friend Tensor constant(const char*, Output);
  friend std::vector<Tensor> checkpoint(
      const std::vector<Tensor>& x,
      std::function<std::vector<Tensor>(const std::vector<Tensor>&, bool, std::vector<Tensor>&)> f);
  explicit Tensor(Output output);

  Buffer buffer_;
  size_t offset_ = 0;  // first column, within `stride_`
  size_t rows_ = 0, cols_ = 0, stride_ = 0;
  Dtype dtype_ = Dtype::f32;
  uint32_t node_ = 0;  // 1 + index on the tape `tape_`; 0: no gradient
  uint64_t tape_ = 0;
  std::shared_ptr<const std::function<Tensor()>> recipe_;
};

// What a backward step captures of an input whose values it reads: the tensor, or its recipe where it has
// one.
class Kept {
 public:
  explicit Kept(const Tensor& x);
  // Its values.
  Tensor values() const;
  // Names it to the sink; has no values of its own when there is a recipe.
  const Tensor& handle() const { return handle_; }

 private:
  Tensor handle_;
};

// The result of an op over `inputs`. Under a tape, and when an input needs a gradient or `learns` (the op
// reads a trainable weight), `backward` is kept and later called once with this tensor's gradient.
Tensor record(const char* op, Output result, std::initializer_list<const Tensor*> inputs, Backward backward,
              bool learns = false);

// Fresh memory that no gradient flows through; `why` says why that is right.
Tensor constant(const char* why, Output result);

// Outputs shaped like `x`.
Output like(const Tensor& x);
Output like(const Tensor& x, Dtype dtype);

}  // namespace bantam
