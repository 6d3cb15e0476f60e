// Dot products of rows, one file per instruction set. Law: an output's bits depend on its two rows alone,
// never on how many rows or columns are computed together or on where they lie.
//
// Both operands are read along K in steps of one vector. Lane l of a vector is a chain of its own, in the
// order of k:
//   s[l] = s[l] + Σ_j x[k] w[k],   k = step·S + l·P + j,  j < P      (P = 2 in bf16, else 1; S = lanes·P)
// and the lanes are folded by halves in one fixed order at the end. Elements past K count as zero.
//
// This header stays plain (no inline functions): files that are compiled for one instruction set include it.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace bantam {

// y[r][c] = Σ_k x[r][k] w[c][k] + bias[c]   for r < rows, c < cols. Strides in elements.
struct RowProducts {
  const void* x;  // rows of f32 or bf16
  size_t x_stride, rows;
  const void* w;  // rows of the same type as x
  size_t w_stride, cols;
  size_t k;
  const float* bias;  // or null
  void* y;
  size_t y_stride;
  bool y_is_bf16;  // else f32
};

struct DotKernels {
  void (*f32)(const RowProducts& p);
  void (*bf16)(const RowProducts& p);
};

// Of the instruction set isa().
const DotKernels& dot_kernels();

namespace dots {
extern const DotKernels plain;
#if defined(__x86_64__)
extern const DotKernels avx2, avx512, avx512bf16;
#endif
}  // namespace dots

}  // namespace bantam
