#include "formats/model_state.h"

#include "base/error.h"

namespace bantam {

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

std::string model_state_sha256(const SafetensorsFile& file) {
  ModelStateHash hash;
  for (const StoredTensor& tensor : file.tensors()) {
    hash.begin(tensor.name, tensor.dtype, tensor.shape);
    hash.data(file.bytes(tensor));
  }
  return hash.hex();
}

std::string model_state_sha256(const SafetensorsModel& model) {
  ModelStateHash hash;
  for (const SafetensorsModel::Entry& entry : model.entries()) {
    hash.begin(entry.tensor.name, entry.tensor.dtype, entry.tensor.shape);
    hash.data(model.bytes(entry));
  }
  return hash.hex();
}

}  // namespace bantam
