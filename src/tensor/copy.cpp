#include "tensor/copy.h"

#include <cstring>

#include "base/threads.h"

namespace bantam {
namespace {

template <class From, class To>
void copy_row(const From* from, To* to, size_t count, bool accumulate) {
  using Wide = std::conditional_t<std::is_same_v<From, double> && std::is_same_v<To, double>, double, float>;
  if (accumulate)
    for (size_t i = 0; i < count; ++i)
      to[i] = static_cast<To>(static_cast<Wide>(to[i]) + static_cast<Wide>(from[i]));
  else
    for (size_t i = 0; i < count; ++i) to[i] = static_cast<To>(static_cast<Wide>(from[i]));
}

template <class F>
void with_type(Dtype dtype, F&& f) {
  switch (dtype) {
    case Dtype::f32:
      return f.template operator()<float>();
    case Dtype::bf16:
      return f.template operator()<bf16>();
    case Dtype::f64:
      return f.template operator()<double>();
  }
}

size_t rows_per_task(const ConstMat& m) { return std::max<size_t>(1, 65536 / std::max<size_t>(1, m.cols)); }

}  // namespace

void copy(Device device, ConstMat from, Mat to, bool accumulate) {
  BANTAM_ASSERT(from.rows == to.rows && from.cols == to.cols);
  if (device == Device::meta) return;
  with_type(from.dtype, [&]<class From>() {
    with_type(to.dtype, [&]<class To>() {
      parallel_blocks(from.rows, rows_per_task(from), [&](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i)
          copy_row(from.row<From>(i), to.row<To>(i), from.cols, accumulate);
      });
    });
  });
}

void fill_zero(Device device, Mat to) {
  if (device == Device::meta) return;
  parallel_blocks(to.rows, rows_per_task(to), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i)
      std::memset(static_cast<char*>(to.data) + i * to.stride * bytes_of(to.dtype), 0,
                  to.cols * bytes_of(to.dtype));
  });
}

}  // namespace bantam
