#include "formats/ternary_blocks.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "formats/half.h"

namespace bantam {
namespace {

// Where elements of a block lie: `group` of them in `group / 4` bytes, four abreast.
struct Blocks {
  size_t elements, group;
  size_t code_bytes() const { return elements / 4; }
  size_t bytes() const { return code_bytes() + sizeof(uint16_t); }
  size_t in_row(size_t columns) const { return (columns + elements - 1) / elements; }
  size_t byte(size_t e) const { return e / group * (group / 4) + e % (group / 4); }
  int shift(size_t e) const { return static_cast<int>(2 * (e % group / (group / 4))); }
};

Blocks blocks_of(size_t columns) { return columns % 256 == 0 ? Blocks{256, 128} : Blocks{32, 32}; }

}  // namespace

size_t ternary_row_bytes(size_t columns) {
  const Blocks blocks = blocks_of(columns);
  return blocks.in_row(columns) * blocks.bytes();
}

void write_ternary_row(std::span<const int8_t> signs, float unit, std::span<std::byte> out) {
  const Blocks blocks = blocks_of(signs.size());
  BANTAM_ASSERT(out.size() == ternary_row_bytes(signs.size()));
  const uint16_t half = float_to_half(unit);
  for (size_t b = 0; b < blocks.in_row(signs.size()); ++b) {
    const std::span<std::byte> block = out.subspan(b * blocks.bytes(), blocks.bytes());
    std::fill(block.begin(), block.end(), std::byte{0});
    for (size_t e = 0; e < blocks.elements; ++e) {
      const size_t at = b * blocks.elements + e;
      const int code = (at < signs.size() ? signs[at] : 0) + 1;
      block[blocks.byte(e)] |= static_cast<std::byte>(code << blocks.shift(e));
    }
    std::memcpy(&block[blocks.code_bytes()], &half, sizeof half);
  }
}

TernaryBlocks::TernaryBlocks(std::span<const std::byte> bytes, size_t rows, size_t columns,
                             const std::string& where)
    : bytes_(bytes), columns_(columns) {
  const Blocks blocks = blocks_of(columns);
  BANTAM_ASSERT(bytes.size() == rows * ternary_row_bytes(columns));
  const size_t in_row = blocks.in_row(columns), in_last = columns - (in_row - 1) * blocks.elements;
  for (size_t b = 0; b < rows * in_row; ++b) {
    const std::span<const std::byte> block = bytes.subspan(b * blocks.bytes(), blocks.bytes());
    const size_t filled = b % in_row + 1 == in_row ? in_last : blocks.elements;
    uint64_t count = 0;
    for (size_t e = 0; e < blocks.elements; ++e) {
      const int code = std::to_integer<int>(block[blocks.byte(e)] >> blocks.shift(e)) & 3;
      require(code != 3, ErrorCode::corrupt, "{}: block {} has the code 3, wanted 0 to 2", where, b);
      require(code == 1 || e < filled, ErrorCode::corrupt,
              "{}: block {} has the code {} behind its row's last column, wanted 1, a zero", where, b, code);
      count += code != 1 ? 1 : 0;
    }
    uint16_t half;
    std::memcpy(&half, &block[blocks.code_bytes()], sizeof half);
    const float unit = half_to_float(half);
    if (count == 0 && unit == 0) continue;
    require(unit > 0 && std::isfinite(unit), ErrorCode::corrupt,
            "{}: block {} has the unit {}, wanted a positive number", where, b, unit);
    require(unit_ == 0 || unit == unit_, ErrorCode::corrupt,
            "{}: block {} has the unit {}, others {}; wanted one for all", where, b, unit, unit_);
    unit_ = unit;
    count_ += count;
  }
}

int TernaryBlocks::sign(size_t row, size_t column) const {
  const Blocks blocks = blocks_of(columns_);
  const size_t block = row * blocks.in_row(columns_) + column / blocks.elements, e = column % blocks.elements;
  return (std::to_integer<int>(bytes_[block * blocks.bytes() + blocks.byte(e)] >> blocks.shift(e)) & 3) - 1;
}

}  // namespace bantam
