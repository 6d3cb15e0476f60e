// Zip archives of members that are stored and not compressed, as PyTorch's files are.
// Law: nothing of the file is believed before it is checked. Sizes are the central directory's; every member lies inside the
// file before that directory, and no two overlap.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace bantam {

struct ZipMember {
  std::string name;
  uint64_t begin = 0, bytes = 0;  // of its content, in the file
};

// Whether a file begins as a zip archive does.
bool looks_like_zip(std::span<const std::byte> file);

// In the order of the central directory. `where` opens error messages. corrupt: a broken directory, members that overlap or
// have one name, names that lead out of a folder. unsupported: compressed or encrypted members.
std::vector<ZipMember> parse_zip(std::span<const std::byte> file, std::string_view where);

// Writes such an archive, each member aligned to 64 bytes. Nothing appears at the path before commit().
class ZipWriter {
 public:
  // Sizes and offsets from `long_from` on are written in 64 bits.
  explicit ZipWriter(const std::filesystem::path& path, uint64_t long_from = 0xFFFFFFFF);
  // Begins a member of so many bytes; the one before is complete.
  void begin(std::string_view name, uint64_t bytes);
  void append(std::span<const std::byte> piece);
  void commit();

 private:
  struct Member {
    std::string name;
    uint64_t header = 0, bytes = 0, done = 0;
    uint32_t crc = 0;
  };
  void end_member();

  AtomicFile file_;
  uint64_t long_from_;
  std::vector<Member> members_;
};

}  // namespace bantam
