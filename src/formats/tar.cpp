#include "formats/tar.h"

#include <cstdint>

#include "base/error.h"

namespace bantam {
namespace {

constexpr size_t kBlock = 512, kLongestName = 100;

void put(std::string& header, size_t at, std::string_view text) { header.replace(at, text.size(), text); }

std::string header_of(std::string_view name, uint64_t size, uint64_t seconds) {
  require(!name.empty() && name.size() <= kLongestName, ErrorCode::usage,
          "tar: the name \"{}\" has {} bytes; want 1 to {}", name, name.size(), kLongestName);
  std::string header(kBlock, '\0');
  put(header, 0, name);
  put(header, 100, "0000600");                           // mode
  put(header, 108, "0000000");                           // owner
  put(header, 116, "0000000");                           // group
  put(header, 124, fmt::format("{:011o}", size));        // up to 8 GiB
  put(header, 136, fmt::format("{:011o}", seconds));     // of modification
  put(header, 148, "        ");                          // the sum, taken with spaces in its own place
  put(header, 156, "0");                                 // a regular file
  put(header, 257, std::string_view("ustar\00000", 8));  // magic and version
  uint32_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(header, 148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

}  // namespace

std::string tar_archive(const std::vector<std::pair<std::string, std::string>>& files, uint64_t seconds) {
  std::string archive;
  for (const auto& [name, content] : files) {
    archive += header_of(name, content.size(), seconds);
    archive += content;
    archive.resize((archive.size() + kBlock - 1) / kBlock * kBlock, '\0');
  }
  return archive + std::string(2 * kBlock, '\0');
}

}  // namespace bantam
