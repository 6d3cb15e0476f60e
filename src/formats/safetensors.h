// Reading safetensors: u64 LE header length N, N bytes of JSON, then packed row-major little-endian data.
// Law: nothing of the file is believed before it is checked, and nothing is allocated that the file's real
// size does not pay for. A file is accepted exactly when the reference reader accepts it, but for three
// stricter rules that keep two parsers from seeing two files: no repeated keys, no nesting deeper than an
// entry's shape, no name over 4096 bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "formats/tensor_file.h"

namespace bantam {

struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;            // by name
  std::map<std::string, std::string> metadata;  // the header's __metadata__
  uint64_t data_begin = 0;                      // where data starts in the file
};

// Checks the whole header against the file's size. `where` opens error messages. corrupt.
SafetensorsHeader parse_safetensors(std::span<const std::byte> file, std::string_view where);

class SafetensorsFile final : public TensorFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const override { return file_.path(); }
  const std::vector<StoredTensor>& tensors() const override { return header_.tensors; }
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  std::span<const std::byte> bytes(const StoredTensor& tensor) const override;

 private:
  MappedFile file_;
  SafetensorsHeader header_;
};

}  // namespace bantam
