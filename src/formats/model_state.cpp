#include "formats/model_state.h"

#include <algorithm>

#include "base/error.h"

namespace bantam {
namespace {

// A model may be larger than memory: what was read is given back.
void add(ModelStateHash& hash, const StoredTensor& tensor, std::span<const std::byte> bytes,
         const HashProgress& progress) {
  constexpr size_t kPiece = size_t{4} << 20;
  hash.begin(tensor.name, tensor.dtype, tensor.shape);
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(kPiece, bytes.size()));
    hash.data(piece);
    forget_pages(piece);
    if (progress) progress(piece.size());
    bytes = bytes.subspan(piece.size());
  }
}

}  // namespace

void ModelStateHash::begin(std::string_view name, StoredDtype dtype, std::span<const uint64_t> shape) {
  BANTAM_ASSERT(missing_bytes_ == 0 && name > last_name_);
  last_name_ = name;
  const std::string_view dtype_name = info(dtype).name;
  number(name.size());
  hash_.update(name.data(), name.size());
  number(dtype_name.size());
  hash_.update(dtype_name.data(), dtype_name.size());
  number(shape.size());
  for (const uint64_t size : shape) number(size);
  missing_bytes_ = stored_bytes(dtype, shape, name);
}

void ModelStateHash::data(std::span<const std::byte> piece) {
  BANTAM_ASSERT(piece.size() <= missing_bytes_);
  missing_bytes_ -= piece.size();
  hash_.update(piece.data(), piece.size());
}

std::string ModelStateHash::hex() {
  BANTAM_ASSERT(missing_bytes_ == 0);
  return hash_.hex();
}

void ModelStateHash::number(uint64_t value) {
  unsigned char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
  hash_.update(bytes, sizeof bytes);
}

std::string model_state_sha256(const TensorFile& file, const HashProgress& progress) {
  ModelStateHash hash;
  for (const StoredTensor& tensor : file.tensors()) add(hash, tensor, file.bytes(tensor), progress);
  return hash.hex();
}

std::string model_state_sha256(const TensorFiles& model, const HashProgress& progress) {
  ModelStateHash hash;
  for (const TensorFiles::Entry& entry : model.entries())
    add(hash, entry.tensor, model.bytes(entry), progress);
  return hash.hex();
}

}  // namespace bantam
