// A file of named tensors, whatever its format.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/stored_dtype.h"

namespace bantam {

struct StoredTensor {
  std::string name;
  StoredDtype dtype = StoredDtype::f32;
  std::vector<uint64_t> shape;  // empty: one element
  uint64_t begin = 0, end = 0;  // bytes, from the start of the data

  uint64_t bytes() const { return end - begin; }
  uint64_t elements() const;
};

// "F32 [2, 3]", for messages.
std::string describe(const StoredTensor& tensor);

// Bytes of a tensor of this dtype and shape. corrupt: the product overflows, or does not fill whole bytes.
uint64_t stored_bytes(StoredDtype dtype, std::span<const uint64_t> shape, std::string_view where);

// Mapped. Tensor data is packed and row-major, but need not be aligned: copy elements out, never cast the pointer.
class TensorFile {
 public:
  virtual ~TensorFile() = default;
  virtual const std::filesystem::path& path() const = 0;
  virtual const std::vector<StoredTensor>& tensors() const = 0;  // by name
  virtual std::span<const std::byte> bytes(const StoredTensor& tensor) const = 0;

  const StoredTensor* find(std::string_view name) const;  // null when absent
};

// By its content: safetensors, or a file of torch.save (formats/torch_file.h).
std::unique_ptr<TensorFile> open_tensor_file(const std::filesystem::path& path);

}  // namespace bantam
