#include "base/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "base/error.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

fs::path existing_folder(fs::path folder) {
  std::error_code ignored;
  while (!folder.empty() && !fs::is_directory(folder, ignored)) folder = folder.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

// Some file systems know no files without a name from the start.
int open_nameless(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0) return descriptor;
  std::string name = (folder / "bantam-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

ScratchFile::ScratchFile(const fs::path& folder)
    : folder_(existing_folder(folder)), descriptor_(open_nameless(folder_)) {
  require(descriptor_ >= 0, ErrorCode::io, "{}: cannot put a temporary file there: {}", folder_.string(),
          std::strerror(errno));
}

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept { *this = std::move(other); }

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

void ScratchFile::append(const void* data, size_t bytes) {
  const auto* from = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t wrote = ::pwrite(descriptor_, from, bytes, static_cast<off_t>(size_));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0)
      fail(errno == ENOSPC || errno == EDQUOT ? ErrorCode::out_of_memory : ErrorCode::io,
           "{}: a temporary file there could not grow beyond {} bytes: {}", folder_.string(), size_,
           std::strerror(errno));
    from += wrote;
    bytes -= static_cast<size_t>(wrote);
    size_ += static_cast<uint64_t>(wrote);
  }
}

size_t ScratchFile::read(uint64_t offset, void* to, size_t bytes) const {
  size_t got = 0;
  while (got < bytes) {
    const ssize_t read =
        ::pread(descriptor_, static_cast<char*>(to) + got, bytes - got, static_cast<off_t>(offset + got));
    if (read < 0 && errno == EINTR) continue;
    require(read >= 0, ErrorCode::io, "{}: a temporary file there could not be read: {}", folder_.string(),
            std::strerror(errno));
    if (read == 0) break;
    got += static_cast<size_t>(read);
  }
  return got;
}

}  // namespace bantam
