// Files of torch.save: .bin, .pt, .pth. A zip archive with a pickle of the objects and the storages' bytes (since PyTorch 1.6),
// or five pickles one behind the other and the bytes behind them (before).
// Law: formats/zip.h and formats/pickle.h; nothing is run, nothing is allocated that the file's real size does not pay for.
// A nested checkpoint's tensors are those under the first there is of model, model_state, state_dict and module, as often as
// they are nested; prefixes "module." and "_orig_mod." that all names have are dropped.
#pragma once
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "formats/tensor_file.h"

namespace bantam {

// Whether the file begins as one of them does.
bool is_torch_file(const std::filesystem::path& path);

class TorchFile final : public TensorFile {
 public:
  // corrupt, unsupported.
  explicit TorchFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const override { return file_.path(); }
  const std::vector<StoredTensor>& tensors() const override { return tensors_; }
  std::span<const std::byte> bytes(const StoredTensor& tensor) const override;

 private:
  MappedFile file_;
  MappedFile gathered_;                           // tensors that were views with gaps, one behind the other
  std::vector<StoredTensor> tensors_;             // by name; begin and end within their bytes below
  std::vector<std::span<const std::byte>> data_;  // of each
};

// The tensors of such a file by name, for whoever has its bytes: views into them.
struct TorchView {
  std::string name;
  StoredDtype dtype = StoredDtype::f32;
  std::span<const std::byte> storage;  // of the whole storage
  uint64_t offset = 0;                 // in elements, like the strides
  std::vector<uint64_t> shape, strides;
  bool contiguous() const;
};
std::vector<TorchView> parse_torch_file(std::span<const std::byte> file, std::string_view where);

}  // namespace bantam
