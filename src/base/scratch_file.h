// A file without a name, for what does not fit in memory: it is gone when this ends, whatever ends it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace bantam {

class ScratchFile {
 public:
  // In `folder`, or the nearest folder above it that exists. Errors: io, where no file can be made there.
  explicit ScratchFile(const std::filesystem::path& folder);
  ~ScratchFile();
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;

  // Errors: out_of_memory, where the disk is full; io.
  void append(const void* data, size_t bytes);
  // Fewer bytes than asked for only at the end.
  size_t read(uint64_t offset, void* to, size_t bytes) const;
  uint64_t size() const { return size_; }

 private:
  std::filesystem::path folder_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

}  // namespace bantam
