#include "formats/stored_values.h"

#include <cstring>

#include "base/error.h"

namespace bantam {
namespace {

template <class T, class Out>
std::vector<Out> elements(std::span<const std::byte> bytes) {
  std::vector<Out> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<Out>(value);
  }
  return values;
}

}  // namespace

std::vector<int64_t> stored_integers(const TensorFile& file, const StoredTensor& tensor) {
  const std::span<const std::byte> bytes = file.bytes(tensor);
  switch (tensor.dtype) {
    case StoredDtype::i64:
      return elements<int64_t, int64_t>(bytes);
    case StoredDtype::i32:
      return elements<int32_t, int64_t>(bytes);
    case StoredDtype::i16:
      return elements<int16_t, int64_t>(bytes);
    case StoredDtype::i8:
      return elements<int8_t, int64_t>(bytes);
    case StoredDtype::u32:
      return elements<uint32_t, int64_t>(bytes);
    case StoredDtype::u16:
      return elements<uint16_t, int64_t>(bytes);
    case StoredDtype::u8:
      return elements<uint8_t, int64_t>(bytes);
    default:
      fail(ErrorCode::invalid, "{}: {} is {}, wanted integers (I64)", file.path().string(), tensor.name,
           describe(tensor));
  }
}

std::vector<float> stored_floats(const TensorFile& file, const StoredTensor& tensor) {
  require(tensor.dtype == StoredDtype::f32, ErrorCode::invalid, "{}: {} is {}, wanted F32",
          file.path().string(), tensor.name, describe(tensor));
  return elements<float, float>(file.bytes(tensor));
}

}  // namespace bantam
