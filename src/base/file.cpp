#include "base/file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/disk.h"
#include "base/error.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail_io(const fs::path& path, const char* action) {
  const int error = errno;
  fail(error == ENOENT   ? ErrorCode::not_found
       : error == ENOSPC ? ErrorCode::out_of_memory
                         : ErrorCode::io,
       "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

void sync_path(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) fail_io(path, "open it to sync");
  const bool ok = ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (!ok) fail_io(path, "sync it");
}

fs::path parent_of(const fs::path& path) {
  const fs::path parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

}  // namespace

MappedFile::MappedFile(const fs::path& path) : path_(path) {
  // Without O_NONBLOCK a named pipe would be waited for.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) fail_io(path, "open it");
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(descriptor);
    fail(ErrorCode::io, "{}: is not a regular file", path.string());
  }
  size_ = static_cast<size_t>(info.st_size);
  if (size_ > 0) {
    data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data_ == MAP_FAILED) {
      data_ = nullptr;
      ::close(descriptor);
      fail_io(path, "map it");
    }
  }
  ::close(descriptor);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept { *this = std::move(other); }

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void forget_pages(std::span<const std::byte> mapped) {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const uintptr_t begin = reinterpret_cast<uintptr_t>(mapped.data()) / page * page;
  const uintptr_t end = reinterpret_cast<uintptr_t>(mapped.data() + mapped.size()) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

std::string read_file(const fs::path& path, uint64_t limit) {
  const MappedFile file(path);
  require(file.bytes().size() <= limit, ErrorCode::invalid, "{}: is {} bytes long; at most {} are read",
          path.string(), file.bytes().size(), limit);
  return std::string(file.text());
}

void write_file(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)), partial_(path_) {
  std::error_code ignored;
  require(!fs::is_directory(path_, ignored), ErrorCode::usage, "{}: is a folder; wanted the name of a file",
          path_.string());
  partial_ += ".partial";
  descriptor_ = ::open(partial_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail_io(partial_, "create it");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(partial_.c_str());
}

void AtomicFile::write(const void* data, size_t bytes) {
  write_at(size_, data, bytes);
  size_ += bytes;
}

void AtomicFile::write_at(uint64_t offset, const void* data, size_t bytes) {
  const char* next = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::pwrite(descriptor_, next, bytes, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_io(partial_, "write to it");
    next += written;
    offset += static_cast<uint64_t>(written);
    bytes -= static_cast<size_t>(written);
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail_io(partial_, "sync it");
  const auto give_up = [&](const char* action) {  // no destructor will: the file is closed
    const int error = errno;
    ::unlink(partial_.c_str());
    errno = error;
    fail_io(partial_, action);
  };
  if (::close(std::exchange(descriptor_, -1)) != 0) give_up("close it");
  if (::rename(partial_.c_str(), path_.c_str()) != 0) give_up("rename it");
  sync_folder(parent_of(path_));
}

FolderLock::FolderLock(const fs::path& folder) {
  const fs::path path = folder / ".lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail_io(path, "create it");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(std::exchange(descriptor_, -1));
  fail(ErrorCode::usage, "{}: another process works in this folder; wait for it, or stop it",
       folder.string());
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

AtomicFolder::AtomicFolder(fs::path path, Left left) : path_(std::move(path)) {
  require(!path_.empty(), ErrorCode::usage, "the name of a new folder is empty");
  if (!path_.has_filename()) path_ = path_.parent_path();  // "a/b/" names b
  staging_ = path_;
  staging_ += ".partial";
  std::error_code ignored;
  if (left == Left::removed) fs::remove_all(staging_, ignored);
  make_folder(staging_);
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  if (!stays_) fs::remove_all(staging_, ignored);
}

void AtomicFolder::commit() {
  sync_whole(staging_);
  // What is there changes places with the new one, so that the name always holds one of them.
  const bool replaces = fs::exists(path_);
  fs::path old = staging_;
  if (::renameat2(AT_FDCWD, staging_.c_str(), AT_FDCWD, path_.c_str(), replaces ? RENAME_EXCHANGE : 0) != 0) {
    if (!replaces) fail_io(staging_, "rename it");
    old += ".old";  // not every file system can exchange
    if (::rename(path_.c_str(), old.c_str()) != 0) fail_io(path_, "rename it");
    if (::rename(staging_.c_str(), path_.c_str()) != 0) fail_io(staging_, "rename it");
  }
  stays_ = true;
  sync_folder(parent_of(path_));
  std::error_code ignored;
  if (replaces) fs::remove_all(old, ignored);
}

void sync_folder(const fs::path& folder) { sync_path(folder, O_RDONLY | O_DIRECTORY); }

uint64_t free_bytes(const fs::path& existing_path) {
  struct statvfs info {};
  if (::statvfs(existing_path.c_str(), &info) != 0) fail_io(existing_path, "ask for its free space");
  return uint64_t{info.f_bavail} * info.f_frsize;
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  BANTAM_ASSERT(context_ != nullptr);
  BANTAM_ASSERT(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256::update(const void* data, size_t bytes) {
  BANTAM_ASSERT(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data, bytes) == 1);
}

std::string Sha256::hex() {
  unsigned char digest[32];
  BANTAM_ASSERT(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest, nullptr) == 1);
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::string sha256_hex(std::string_view data) {
  Sha256 hash;
  hash.update(data.data(), data.size());
  return hash.hex();
}

std::string sha256_file(const fs::path& path) {
  constexpr size_t kPiece = size_t{16} << 20;  // what is held of it
  const MappedFile file(path);
  Sha256 hash;
  for (std::span<const std::byte> rest = file.bytes(); !rest.empty();) {
    const auto piece = rest.first(std::min(kPiece, rest.size()));
    hash.update(piece.data(), piece.size());
    forget_pages(piece);
    rest = rest.subspan(piece.size());
  }
  return hash.hex();
}

}  // namespace bantam
