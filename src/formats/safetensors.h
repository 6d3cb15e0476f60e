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
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
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

struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;            // by name
  std::map<std::string, std::string> metadata;  // the header's __metadata__
  uint64_t data_begin = 0;                      // where data starts in the file
};

// Checks the whole header against the file's size. `where` opens error messages. corrupt.
SafetensorsHeader parse_safetensors(std::span<const std::byte> file, std::string_view where);

// A mapped file. Tensor data need not be aligned: copy elements out, never cast the pointer.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return file_.path(); }
  const std::vector<StoredTensor>& tensors() const { return header_.tensors; }  // by name
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  const StoredTensor* find(std::string_view name) const;  // null when absent
  std::span<const std::byte> bytes(const StoredTensor& tensor) const;

 private:
  MappedFile file_;
  SafetensorsHeader header_;
};

// A model's tensors, whether they lie in one file or in shards listed by model.safetensors.index.json.
class SafetensorsModel {
 public:
  // A .safetensors file, an index file, or a folder with either; a folder's model.safetensors wins over its
  // index.
  explicit SafetensorsModel(const std::filesystem::path& path);

  struct Entry {
    StoredTensor tensor;
    size_t file;
  };
  const std::vector<Entry>& entries() const { return entries_; }  // by name
  const std::vector<SafetensorsFile>& files() const { return files_; }
  const Entry* find(std::string_view name) const;  // null when absent
  const Entry& at(std::string_view name) const;    // not_found, with the nearest name
  std::span<const std::byte> bytes(const Entry& entry) const;

 private:
  void open_shards(const std::filesystem::path& index);

  std::filesystem::path path_;
  std::vector<SafetensorsFile> files_;
  std::vector<Entry> entries_;
};

}  // namespace bantam
