// Matrices of −u, 0 and u in files: 2 bits an element, and in every block of a row the unit u once more, as f16.
//   columns a multiple of 256: TQ2_0, as GGUF files have it. 66 bytes hold 256 elements: bits 2i, 2i + 1 of byte 32 g + j are
//     element 128 g + 32 i + j, for g < 2, j < 32; u is last.
//   other columns: 10 bytes hold 32 elements: bits 2i, 2i + 1 of byte j are element 8 i + j, for j < 8; u is last. The last
//     block of a row is filled up with zeros.
// A code of 0, 1, 2 stands for −u, 0, u; 3 for nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bantam {

size_t ternary_row_bytes(size_t columns);

// signs: −1, 0, 1, one a column; out: ternary_row_bytes.
void write_ternary_row(std::span<const int8_t> signs, float unit, std::span<std::byte> out);

// One such matrix, all of it looked at.
class TernaryBlocks {
 public:
  // bytes: rows · ternary_row_bytes(columns), which must outlive this. corrupt, with `where` in front: a code of 3, a unit that
  // is no positive number, or another one than the blocks before; a block of zeros may have 0; something behind a row's last
  // column.
  TernaryBlocks(std::span<const std::byte> bytes, size_t rows, size_t columns, const std::string& where);

  int sign(size_t row, size_t column) const;
  float unit() const { return unit_; }                 // 0 where all elements are
  uint64_t other_than_zero() const { return count_; }  // elements

 private:
  std::span<const std::byte> bytes_;
  size_t columns_;
  float unit_ = 0;
  uint64_t count_ = 0;
};

}  // namespace bantam
