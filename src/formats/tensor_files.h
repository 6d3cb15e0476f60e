// A model's tensors: in one file, or in shards that an index lists; safetensors or files of torch.save.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "formats/tensor_file.h"

namespace bantam {

class TensorFiles {
 public:
  // A file of tensors, an index file, or a folder. In a folder counts the first there is of model.safetensors and its
  // index, pytorch_model.bin and its index, and the only .pt, .pth or .bin. An output projection that is the very bytes of
  // another tensor, as in torch.save of a tied model, is left out.
  explicit TensorFiles(const std::filesystem::path& path);

  struct Entry {
    StoredTensor tensor;
    size_t file;
  };
  const std::vector<Entry>& entries() const { return entries_; }  // by name
  const std::vector<std::unique_ptr<TensorFile>>& files() const { return files_; }
  const Entry* find(std::string_view name) const;  // null when absent
  const Entry& at(std::string_view name) const;    // not_found, with the nearest name
  std::span<const std::byte> bytes(const Entry& entry) const;

 private:
  void open_folder(const std::filesystem::path& folder);
  void open_shards(const std::filesystem::path& index);
  void leave_out_tied_head();

  std::filesystem::path path_;
  std::vector<std::unique_ptr<TensorFile>> files_;
  std::vector<Entry> entries_;
};

}  // namespace bantam
