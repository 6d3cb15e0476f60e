// An array that grows at its end and of which there are never two copies: the system moves its pages (realloc), where a
// std::vector has the old and the new elements in memory for a moment. Pages nothing was written to take no memory.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace bantam {

template <class T>
requires std::is_trivially_copyable_v<T>
class GrowingArray {
 public:
  void push_back(const T& value) {
    if (size_ == capacity_) grow();
    data_.get()[size_++] = value;
  }
  void pop_back() { --size_; }
  T& operator[](size_t i) { return data_.get()[i]; }
  const T& operator[](size_t i) const { return data_.get()[i]; }
  T& back() { return data_.get()[size_ - 1]; }
  T* begin() { return data_.get(); }
  T* end() { return data_.get() + size_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Free {
    void operator()(T* data) const { std::free(data); }
  };

  void grow() {
    const size_t capacity = capacity_ > 0 ? 2 * capacity_ : 64;
    T* const data = static_cast<T*>(std::realloc(static_cast<void*>(data_.get()), capacity * sizeof(T)));
    if (data == nullptr) throw std::bad_alloc();
    static_cast<void>(data_.release());  // realloc has freed it
    data_.reset(data);
    capacity_ = capacity;
  }

  std::unique_ptr<T, Free> data_;
  size_t size_ = 0, capacity_ = 0;
};

}  // namespace bantam
