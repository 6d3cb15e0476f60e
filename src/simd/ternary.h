// Products of 8-bit rows with packed ternary rows, in whole numbers, one file per instruction set. Whole numbers add up to
// the same in every order: no result depends on the instruction set, on company or on threads.
//
// A packed row holds K codes of 2 bits, 0, 1, 2 for −1, 0, 1, in blocks of 256 codes, 64 bytes each: code 64 i + j of a
// block is bits 2i, 2i + 1 of its byte j. K is a multiple of 256; what fills it up has code 1.
//
// This header stays plain (no inline functions): files that are compiled for one instruction set include it.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace bantam {

// y[r][c] = Σ_k x[r][k] code[c][k]   for r < rows, c < cols.  |x| ≤ 127, k < 2²³.
struct TernaryProducts {
  const int8_t* x;  // rows of k values
  size_t x_stride, rows;
  const uint8_t* w;  // packed rows of k / 4 bytes, one behind the other
  size_t cols, k;
  int32_t* y;
  size_t y_stride;
};

using TernaryKernel = void (*)(const TernaryProducts& p);
// Of the instruction set isa().
TernaryKernel ternary_kernel();

namespace ternary {
extern const TernaryKernel plain;
#if defined(__x86_64__)
extern const TernaryKernel avx2, avx512, avx512vnni;
#endif
}  // namespace ternary

}  // namespace bantam
