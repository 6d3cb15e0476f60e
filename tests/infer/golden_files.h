// Golden cases of tests/golden, whose large files are kept xz-compressed.
#pragma once
#include <filesystem>
#include <string>

#include "base/file.h"
#include "formats/compressed.h"
#include "temporary_folder.h"

namespace bantam {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(BANTAM_SOURCE_DIR) / "tests/golden";
}

inline std::string unpacked(const std::filesystem::path& path) {
  CompressedReader reader(path);
  std::string content, block(1 << 20, '\0');
  while (const size_t got = reader.read(block)) content.append(block, 0, got);
  return content;
}

// One golden folder with its files unpacked, as a model folder is.
class GoldenFolder {
 public:
  explicit GoldenFolder(const std::string& name) {
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder() / name))
      folder_.write(without_compression_suffix(entry.path().filename()).string(), unpacked(entry.path()));
  }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace bantam
