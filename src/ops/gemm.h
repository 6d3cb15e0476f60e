// The matrix products of training. Law: a product is cut into blocks whose shapes follow from its own shape
// alone, each computed by one task on one thread, so its bits do not depend on how many threads ran.
//
// f32 products are oneDNN's. So are those of bf16 where the CPU's bf16 instructions are the fastest way to
// compute them (bf16_products()); elsewhere bf16 is multiplied by f32 instructions of our own
// (simd/product.h).
#pragma once
#include <algorithm>
#include <cstddef>

#include "tensor/mat.h"

namespace bantam {

struct GemmOperand {
  ConstMat mat;             // f32 or bf16; rows may have a stride
  bool transposed = false;  // the product reads matᵀ
};

// c = a b (+ bias), or c += a b (+ bias) with `accumulate`. a: [M, K] and b: [K, N] as read, of one dtype; c:
// [M, N] f32 or bf16; bias: N values, or null. Sums run in f32 and are rounded to c's dtype once.
void gemm(const GemmOperand& a, const GemmOperand& b, Mat c, bool accumulate = false,
          const float* bias = nullptr);

// How one dimension is cut: blocks of `size`, the last one maybe shorter.
struct Cut {
  size_t size, count, last;
  Cut(size_t total, size_t wanted)
      : size(std::min(total, wanted)), count((total + size - 1) / size), last(total - (count - 1) * size) {}
  size_t length(size_t block) const { return block + 1 == count ? last : size; }
};

}  // namespace bantam
