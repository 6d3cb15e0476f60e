#include "base/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/error.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail_with(int error, const fs::path& path, const char* action) {
  fail(error == ENOENT                      ? ErrorCode::not_found
       : error == ENOSPC || error == EDQUOT ? ErrorCode::out_of_memory
                                            : ErrorCode::io,
       "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

void sync_path(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail_with(errno, path, "open it to sync");
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (error != 0) fail_with(error, path, "sync it");
}

}  // namespace

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail_with(error.value(), folder, "create it");
}

void remove_whole(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) fail_with(error.value(), path, "remove it");
}

void rename_path(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_with(errno, from, "rename it");
}

void sync_whole(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) sync_path(entry.path());
  sync_path(folder);
}

}  // namespace bantam
