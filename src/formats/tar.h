// Tar archives of regular files (POSIX.1-1988 ustar: a header of 512 octets a file, its content filled up to 512 with zeros,
// 1,024 zeros at the end), as `tar -xf` reads them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bantam {

// Files by name, in this order, dated `seconds` (since 1970), readable and writable by their owner alone. usage: a name
// longer than 100 bytes or empty.
std::string tar_archive(const std::vector<std::pair<std::string, std::string>>& files, uint64_t seconds);

}  // namespace bantam
