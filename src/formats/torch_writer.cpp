#include "formats/torch_writer.h"

#include <algorithm>

#include "base/error.h"
#include "formats/pickle.h"
#include "formats/zip.h"

namespace bantam {
namespace {

void add_text(ZipWriter& zip, const std::string& name, const std::string& text) {
  zip.begin(name, text.size());
  zip.append(std::as_bytes(std::span(text)));
}

}  // namespace

void write_torch_file(const std::filesystem::path& path, const TensorFiles& from,
                      const std::function<void(uint64_t bytes)>& progress) {
  constexpr size_t kPiece = size_t{4} << 20;
  std::vector<TensorToPickle> tensors;
  uint64_t bytes = 1 << 20;
  for (const TensorFiles::Entry& entry : from.entries()) {
    tensors.push_back({entry.tensor.name, entry.tensor.dtype, entry.tensor.shape});
    bytes += entry.tensor.bytes() + 1024;
  }
  const uint64_t available = free_bytes(path.parent_path());
  require(bytes <= available, ErrorCode::out_of_memory,
          "{}: needs {} bytes of disk, {} are free there; make room or choose another place", path.string(),
          bytes, available);
  const std::string pickle = write_tensor_pickle(tensors);
  ZipWriter zip(path);
  const std::string folder = path.stem().string() + "/";
  add_text(zip, folder + "data.pkl", pickle);
  add_text(zip, folder + "byteorder", "little");
  for (size_t i = 0; i < tensors.size(); ++i) {
    std::span<const std::byte> rest = from.bytes(from.entries()[i]);
    zip.begin(folder + "data/" + std::to_string(i), rest.size());
    while (!rest.empty()) {
      const std::span<const std::byte> piece = rest.first(std::min(kPiece, rest.size()));
      zip.append(piece);
      forget_pages(piece);
      if (progress) progress(piece.size());
      rest = rest.subspan(piece.size());
    }
  }
  add_text(zip, folder + "version", "3\n");
  zip.commit();
}

}  // namespace bantam
