// Files: mapped reading, and writing that leaves either the whole new file or nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace bantam {

// A file mapped read-only. Empty files map to an empty span. Movable; the mapping ends with the object.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path);  // not_found, io
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  void* data_ = nullptr;
  size_t size_ = 0;
};

// Lets the system take back the memory of mapped bytes that were read and may not be again; reading them again works.
void forget_pages(std::span<const std::byte> mapped);

// The whole file, at most `limit` bytes (a larger one is an error).
std::string read_file(const std::filesystem::path& path, uint64_t limit = uint64_t{1} << 32);

// Writes beside `path`, fsyncs, renames over it. On any failure the old file is still there and the new one gone.
void write_file(const std::filesystem::path& path, std::string_view content);

// An append-as-you-go writer with the same promise: nothing appears at `path` before commit().
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();  // without commit() the partial file is removed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  void write(const void* data, size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void write_at(uint64_t offset, const void* data, size_t bytes);  // overwrite what was already written
  uint64_t size() const { return size_; }
  void commit();

 private:
  std::filesystem::path path_, partial_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

// A folder built aside (`path` + ".partial") and renamed into place by commit(), which fsyncs its files and the
// parent. An existing `path` is replaced. Without commit() nothing of it stays.
class AtomicFolder {
 public:
  // What an earlier one left at the staging place is removed, or, where work goes on from it, still there.
  enum class Left { removed, kept };
  explicit AtomicFolder(std::filesystem::path path, Left left = Left::removed);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;
  const std::filesystem::path& staging() const { return staging_; }
  void commit();
  void keep() { stays_ = true; }  // the staging folder stays for a later one, without commit()

 private:
  std::filesystem::path path_, staging_;
  bool stays_ = false;
};

// A folder that only one process works in: held until this ends, whatever ends it.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);  // usage: another process holds it
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

void sync_folder(const std::filesystem::path& folder);            // makes renames inside it durable
uint64_t free_bytes(const std::filesystem::path& existing_path);  // disk space left to this user

std::string sha256_hex(std::string_view data);
std::string sha256_file(const std::filesystem::path& path);

// SHA-256 over pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(const void* data, size_t bytes);
  std::string hex();  // ends the computation

 private:
  void* context_;
};

}  // namespace bantam
