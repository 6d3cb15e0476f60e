// What kernels see: rows of elements at a stride. Neither owns anything.
#pragma once
#include <cstddef>

#include "tensor/dtype.h"

namespace bantam {

template <class Pointer>
struct BasicMat {
  Pointer data = nullptr;
  size_t rows = 0, cols = 0;
  size_t stride = 0;  // elements from one row to the next
  Dtype dtype = Dtype::f32;

  template <class T>
  auto* row(size_t i) const {
    using Element = std::conditional_t<std::is_const_v<std::remove_pointer_t<Pointer>>, const T, T>;
    BANTAM_ASSERT(dtype == dtype_of<T>);
    return static_cast<Element*>(data) + i * stride;
  }
  bool contiguous() const { return stride == cols || rows <= 1; }
  size_t bytes() const { return rows * cols * bytes_of(dtype); }
  // Rows [begin, begin + count) and columns [begin, begin + count).
  BasicMat slice_rows(size_t begin, size_t count) const {
    return {offset(begin * stride), count, cols, stride, dtype};
  }
  BasicMat slice_cols(size_t begin, size_t count) const {
    return {offset(begin), rows, count, stride, dtype};
  }

 private:
  Pointer offset(size_t elements) const {
    using Byte = std::conditional_t<std::is_const_v<std::remove_pointer_t<Pointer>>, const char, char>;
    return data == nullptr ? nullptr : static_cast<Byte*>(data) + elements * bytes_of(dtype);
  }
};

struct Mat : BasicMat<void*> {
  Mat() = default;
  Mat(BasicMat<void*> m) : BasicMat<void*>(m) {}
  Mat(void* d, size_t r, size_t c, size_t s, Dtype t) : BasicMat<void*>{d, r, c, s, t} {}
};

struct ConstMat : BasicMat<const void*> {
  ConstMat() = default;
  ConstMat(BasicMat<const void*> m) : BasicMat<const void*>(m) {}
  ConstMat(const BasicMat<void*>& m) : BasicMat<const void*>{m.data, m.rows, m.cols, m.stride, m.dtype} {}
  ConstMat(const void* d, size_t r, size_t c, size_t s, Dtype t) : BasicMat<const void*>{d, r, c, s, t} {}
};

}  // namespace bantam
