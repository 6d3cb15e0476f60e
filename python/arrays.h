// NumPy's arrays and ours share memory: what is given is read where it lies, what is returned belongs to the array.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace bantam::python {
namespace nb = nanobind;

// Token ids from Python. A one-dimensional int32 array without gaps is read where it lies; int64 arrays, arrays with gaps
// and sequences of integers are copied. Made and destroyed by a thread that holds the interpreter.
class GivenIds {
 public:
  explicit GivenIds(
      nb::handle given);  // TypeError: something else; Error invalid: a number that does not fit
  GivenIds(const GivenIds&) = delete;
  GivenIds& operator=(const GivenIds&) = delete;

  std::span<const int32_t> view() const { return view_; }
  // For what checks ids first and uses them afterwards: another Python thread may write the array in between.
  std::vector<int32_t> snapshot() const { return {view_.begin(), view_.end()}; }

 private:
  nb::ndarray<const int32_t, nb::ndim<1>, nb::device::cpu> array_;  // keeps the memory alive
  std::vector<int32_t> copied_;
  std::span<const int32_t> view_;
};

template <class T>
using Vector = nb::ndarray<nb::numpy, T, nb::ndim<1>>;
using Matrix = nb::ndarray<nb::numpy, float, nb::ndim<2>>;

// An object that lives as long as the arrays over its memory.
template <class Owner>
nb::capsule kept(std::unique_ptr<Owner> owner) {
  nb::capsule capsule(owner.get(), [](void* p) noexcept { delete static_cast<Owner*>(p); });
  owner.release();
  return capsule;
}

template <class T>
Vector<T> array_of(std::vector<T> values) {
  auto owner = std::make_unique<std::vector<T>>(std::move(values));
  T* const data = owner->data();
  const size_t count = owner->size();
  return Vector<T>(data, {count}, kept(std::move(owner)));
}

// Of a contiguous f32 tensor that nobody else has.
inline Matrix array_of(Tensor tensor) {
  auto owner = std::make_unique<Tensor>(std::move(tensor));
  float* const data = const_cast<float*>(owner->data<float>());
  const size_t rows = owner->rows(), cols = owner->cols();
  return Matrix(data, {rows, cols}, kept(std::move(owner)));
}

}  // namespace bantam::python
