// Writing safetensors. All names, dtypes and shapes are declared first; data follows tensor by tensor, in
// pieces of any size, so a model far larger than memory can be written. Nothing appears at the path before
// commit().
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "formats/safetensors.h"

namespace bantam {

struct TensorDeclaration {
  std::string name;
  StoredDtype dtype = StoredDtype::f32;
  std::vector<uint64_t> shape;
};

class SafetensorsWriter {
 public:
  // The file's order: wider elements first, then by name, so that every tensor lies aligned to its element
  // from an 8-aligned start. `metadata` is written beside {"format": "pt"}, which readers of other projects
  // want to see. invalid: a repeated, empty or over-long name.
  SafetensorsWriter(std::filesystem::path path, std::vector<TensorDeclaration> tensors,
                    std::map<std::string, std::string> metadata = {});

  const std::vector<StoredTensor>& tensors() const {
    return tensors_;
  }                                                    // in the file's order: append them so
  uint64_t file_bytes() const { return file_bytes_; }  // of the whole file when it is complete

  // The next bytes of `name`, which must be the first tensor that is not complete yet.
  void append(std::string_view name, std::span<const std::byte> piece);

  void commit();               // all tensors complete: the file appears, synced
  std::string sha256() const;  // of the file; after commit()

 private:
  std::vector<StoredTensor> tensors_;
  AtomicFile file_;
  Sha256 hash_;
  std::string sha256_;
  uint64_t data_begin_ = 0, file_bytes_ = 0;
  size_t next_ = 0;
};

}  // namespace bantam
