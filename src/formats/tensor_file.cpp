#include "formats/tensor_file.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "formats/safetensors.h"
#include "formats/torch_file.h"

namespace bantam {

uint64_t StoredTensor::elements() const {
  uint64_t product = 1;
  for (const uint64_t size : shape) product *= size;
  return product;
}

std::string describe(const StoredTensor& tensor) {
  return fmt::format("{} [{}]", info(tensor.dtype).name, fmt::join(tensor.shape, ", "));
}

uint64_t stored_bytes(StoredDtype dtype, std::span<const uint64_t> shape, std::string_view where) {
  uint64_t elements = 1, bits = 0;
  bool overflows = false;
  for (const uint64_t size : shape) overflows |= __builtin_mul_overflow(elements, size, &elements);
  overflows |= __builtin_mul_overflow(elements, static_cast<uint64_t>(info(dtype).bits), &bits);
  require(!overflows, ErrorCode::corrupt, "{}: the size of {} [{}] overflows 64 bits", where,
          info(dtype).name, fmt::join(shape, ", "));
  require(bits % 8 == 0, ErrorCode::corrupt, "{}: {} bits do not fill whole bytes", where, bits);
  return bits / 8;
}

const StoredTensor* TensorFile::find(std::string_view name) const {
  const std::vector<StoredTensor>& all = tensors();
  const auto found = std::lower_bound(
      all.begin(), all.end(), name,
      [](const StoredTensor& tensor, std::string_view wanted) { return tensor.name < wanted; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

std::unique_ptr<TensorFile> open_tensor_file(const std::filesystem::path& path) {
  if (is_torch_file(path)) return std::make_unique<TorchFile>(path);
  return std::make_unique<SafetensorsFile>(path);
}

}  // namespace bantam
