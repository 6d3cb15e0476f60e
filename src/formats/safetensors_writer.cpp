#include "formats/safetensors_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"

namespace bantam {
namespace {

std::vector<StoredTensor> lay_out(std::vector<TensorDeclaration> declared, const std::string& where) {
  std::sort(declared.begin(), declared.end(), [](const TensorDeclaration& a, const TensorDeclaration& b) {
    const int a_bits = info(a.dtype).bits, b_bits = info(b.dtype).bits;
    return a_bits != b_bits ? a_bits > b_bits : a.name < b.name;
  });
  std::vector<StoredTensor> tensors;
  uint64_t end = 0;
  for (TensorDeclaration& tensor : declared) {
    const uint64_t bytes = stored_bytes(tensor.dtype, tensor.shape, where);
    require(bytes <= (uint64_t{1} << 62) - end, ErrorCode::invalid,
            "{}: its tensors are too large for any file", where);
    tensors.push_back({std::move(tensor.name), tensor.dtype, std::move(tensor.shape), end, end + bytes});
    end += bytes;
  }
  return tensors;
}

void check_names(const std::vector<StoredTensor>& tensors, const std::string& where) {
  std::vector<std::string_view> names;
  for (const StoredTensor& tensor : tensors) {
    require(!tensor.name.empty() && tensor.name.size() <= 4096 && tensor.name != "__metadata__",
            ErrorCode::invalid, "{}: \"{}\" cannot name a tensor", where, tensor.name);
    names.push_back(tensor.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  require(twice == names.end(), ErrorCode::invalid, "{}: two tensors are named \"{}\"", where,
          twice == names.end() ? "" : *twice);
}

std::string header_text(const std::vector<StoredTensor>& tensors,
                        std::map<std::string, std::string> metadata) {
  metadata.emplace("format", "pt");
  Json header = {{"__metadata__", metadata}};
  auto& members = header.get_ref<Json::object_t&>();
  for (const StoredTensor& tensor : tensors)
    members.emplace_back(tensor.name, Json{{"dtype", info(tensor.dtype).name},
                                           {"shape", tensor.shape},
                                           {"data_offsets", {tensor.begin, tensor.end}}});
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(std::filesystem::path path, std::vector<TensorDeclaration> tensors,
                                     std::map<std::string, std::string> metadata)
    : tensors_(lay_out(std::move(tensors), path.string())), file_(path) {
  check_names(tensors_, path.string());
  const std::string header = header_text(tensors_, std::move(metadata));
  std::string start;
  for (int i = 0; i < 8; ++i) start += static_cast<char>(header.size() >> (8 * i) & 0xff);
  start += header;
  file_.write(start);
  hash_.update(start.data(), start.size());
  data_begin_ = start.size();
  file_bytes_ = data_begin_ + (tensors_.empty() ? 0 : tensors_.back().end);
}

void SafetensorsWriter::append(std::string_view name, std::span<const std::byte> piece) {
  while (next_ < tensors_.size() && file_.size() - data_begin_ == tensors_[next_].end &&
         tensors_[next_].name != name)
    ++next_;
  BANTAM_ASSERT(next_ < tensors_.size() && tensors_[next_].name == name);
  BANTAM_ASSERT(piece.size() <= tensors_[next_].end - (file_.size() - data_begin_));
  file_.write(piece.data(), piece.size());
  hash_.update(piece.data(), piece.size());
}

void SafetensorsWriter::commit() {
  BANTAM_ASSERT(file_.size() == file_bytes_);
  sha256_ = hash_.hex();
  file_.commit();
}

std::string SafetensorsWriter::sha256() const { return sha256_; }

}  // namespace bantam
