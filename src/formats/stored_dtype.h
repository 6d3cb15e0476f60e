// Element types that files hold. More than tensors compute in: a file is listed, copied and hashed whatever
// it holds.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace bantam {

enum class StoredDtype : uint8_t {
  boolean,
  f4,
  f6_e2m3,
  f6_e3m2,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  f8_e8m0,
  f8_e4m3fnuz,
  f8_e5m2fnuz,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  c64,
  f64,
  i64,
  u64,
};

struct StoredDtypeInfo {
  StoredDtype dtype;
  std::string_view name;  // in safetensors
  std::string_view
      numpy;  // kind and bytes of NumPy's descr without the byte order; empty where NumPy has none
  int bits;
};

std::span<const StoredDtypeInfo> stored_dtypes();
const StoredDtypeInfo& info(StoredDtype dtype);

template <class T>
constexpr StoredDtype stored_dtype_of();
template <>
constexpr StoredDtype stored_dtype_of<uint8_t>() {
  return StoredDtype::u8;
}
template <>
constexpr StoredDtype stored_dtype_of<uint16_t>() {
  return StoredDtype::u16;
}
template <>
constexpr StoredDtype stored_dtype_of<uint32_t>() {
  return StoredDtype::u32;
}
template <>
constexpr StoredDtype stored_dtype_of<uint64_t>() {
  return StoredDtype::u64;
}
template <>
constexpr StoredDtype stored_dtype_of<int32_t>() {
  return StoredDtype::i32;
}
template <>
constexpr StoredDtype stored_dtype_of<int64_t>() {
  return StoredDtype::i64;
}
template <>
constexpr StoredDtype stored_dtype_of<float>() {
  return StoredDtype::f32;
}

}  // namespace bantam
