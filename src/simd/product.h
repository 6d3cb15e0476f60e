// Blocks of a matrix product on f32 multiply-adds, whatever the operands are stored in: bf16 is widened,
// exactly, while it is packed for the cache. Law: a block's bits depend on its own operands and shape alone.
//
// Where bf16 instructions are slower than f32 ones, or missing, this is how training multiplies bf16.
// This header stays plain (no inline functions): files that are compiled for one instruction set include it.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace bantam {

// Rows of f32 or bf16, `stride` elements apart. With `transposed` the product reads the transpose.
struct BlockOperand {
  const void* data;
  size_t stride;
  bool is_bf16, transposed;
};

// c = a b (+ bias), or c += … with `accumulate`. a: [m, k], b: [k, n] as read; c: [m, n] f32 or bf16. Sums
// run in f32, in the order of k, and are rounded to bf16 once.
struct BlockProduct {
  BlockOperand a, b;
  size_t m, n, k;
  void* c;
  size_t c_stride;
  bool c_is_bf16, accumulate;
  const float* bias;  // n values, or null
  void* scratch;      // scratch_bytes(m, n) of this thread, 64-byte aligned
};

struct ProductKernels {
  size_t (*scratch_bytes)(size_t m, size_t n);
  void (*block)(const BlockProduct& p);
};

// Of the instruction set isa(); null where there is none (plain).
const ProductKernels* product_kernels();

namespace products {
#if defined(__x86_64__)
extern const ProductKernels avx2, avx512;
#endif
}  // namespace products

}  // namespace bantam
