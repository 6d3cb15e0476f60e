// The identity of a model's weights: one SHA-256 that does not depend on file layout, shards or metadata. It
// is taken over the tensors in byte order of their names, for each (all integers u64 little-endian):
//   length of the name, name, length of the dtype's safetensors name, that name, rank, each dimension, packed
//   data.
// In Python, with `tensors` = {name: (dtype, shape, data)} as the safetensors header and file have them:
//   u = lambda n: n.to_bytes(8, "little")
//   for name, (dtype, shape, data) in sorted(tensors.items(), key=lambda t: t[0].encode()):
//     h.update(u(len(name.encode())) + name.encode() + u(len(dtype)) + dtype.encode())
//     h.update(u(len(shape)) + b"".join(map(u, shape)) + data)
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "formats/tensor_files.h"

namespace bantam {

class ModelStateHash {
 public:
  // Tensors come in byte order of their names, each once; data in pieces of any size that fill the shape
  // exactly.
  void begin(std::string_view name, StoredDtype dtype, std::span<const uint64_t> shape);
  void data(std::span<const std::byte> piece);
  std::string hex();

 private:
  void number(uint64_t value);

  Sha256 hash_;
  std::string last_name_;
  uint64_t missing_bytes_ = 0;
};

// Told after each piece how many bytes it had; may throw to end the work.
using HashProgress = std::function<void(uint64_t bytes)>;
std::string model_state_sha256(const TensorFile& file, const HashProgress& progress = {});
std::string model_state_sha256(const TensorFiles& model, const HashProgress& progress = {});

}  // namespace bantam
