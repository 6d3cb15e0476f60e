#include "tensor/tensor.h"

#include <utility>

#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {

Meter& meter() {
  thread_local Meter instance;
  return instance;
}

Tensor::Tensor(Output output)
    : buffer_(std::move(output.buffer_)),
      rows_(output.rows_),
      cols_(output.cols_),
      stride_(output.cols_),
      dtype_(output.dtype_) {}

ConstMat Tensor::mat() const {
  const char* data = static_cast<const char*>(buffer_ ? buffer_.data() : nullptr);
  return {data == nullptr ? nullptr : data + offset_ * bytes_of(dtype_), rows_, cols_, stride_, dtype_};
}

Tensor Tensor::columns(size_t begin, size_t count) const {
  BANTAM_ASSERT(begin + count <= cols_);
  Tensor view = *this;
  view.offset_ += begin;
  view.cols_ = count;
  view.recipe_ = nullptr;  // it makes the whole
  return view;
}

Tensor Tensor::detached() const {
  Tensor copy = *this;
  copy.node_ = 0;
  copy.tape_ = 0;
  return copy;
}

Tensor Tensor::with_recipe(std::function<Tensor()> again) const {
  Tensor copy = *this;
  copy.recipe_ = std::make_shared<const std::function<Tensor()>>(std::move(again));
  return copy;
}

Kept::Kept(const Tensor& x) : handle_(x) {
  if (x.recipe_) handle_.buffer_ = {};
}

Tensor Kept::values() const { return handle_.recipe_ ? (*handle_.recipe_)() : handle_; }

Output like(const Tensor& x) { return like(x, x.dtype()); }
Output like(const Tensor& x, Dtype dtype) { return Output(x.rows(), x.cols(), dtype, x.device()); }

Tensor constant(const char*, Output result) { return Tensor(std::move(result)); }

}  // namespace bantam
