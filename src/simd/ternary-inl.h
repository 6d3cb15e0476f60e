// The loops around a ternary product, for one instruction set `F`. Everything here has internal linkage: the linker must
// never pick code of one instruction set for another.
//
// F has: kBytes, of a vector; Vector; Sum; load(const void*); code<I>(Vector), bits 2I, 2I + 1 of each byte;
// Sum zero(); Sum add(Sum, Vector codes, Vector x), whose lanes hold a block's products; int32_t fold(Sum).
#pragma once
#include "simd/ternary.h"

namespace bantam {
namespace {

constexpr size_t kBlockCodes = 256, kBlockBytes = 64;

// Rows [r, r + R) with column c.
template <class F, int R>
void ternary_column(const TernaryProducts& p, size_t r, size_t c) {
  const uint8_t* w = p.w + c * (p.k / 4);
  const int8_t* x = p.x + r * p.x_stride;
  constexpr int kChains = R == 1 ? 4 : 1;  // one row alone would wait for each of its sums
  typename F::Sum s[R * kChains];
  for (auto& sum : s) sum = F::zero();
  for (size_t k = 0; k < p.k; k += kBlockCodes, w += kBlockBytes)
    for (size_t half = 0; half < kBlockBytes; half += F::kBytes) {
      const typename F::Vector packed = F::load(w + half);
      const int8_t* at = x + k + half;
      const typename F::Vector codes[4] = {F::template code<0>(packed), F::template code<1>(packed),
                                           F::template code<2>(packed), F::template code<3>(packed)};
#pragma GCC unroll 4
      for (int i = 0; i < R; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
          s[i * kChains + j % kChains] = F::add(s[i * kChains + j % kChains], codes[j],
                                                F::load(at + static_cast<size_t>(i) * p.x_stride + 64 * j));
    }
  for (int i = 0; i < R; ++i) {
    int32_t sum = 0;
    for (int j = 0; j < kChains; ++j) sum += F::fold(s[i * kChains + j]);
    p.y[(r + static_cast<size_t>(i)) * p.y_stride + c] = sum;
  }
}

template <class F>
void ternary_products(const TernaryProducts& p) {
  for (size_t c = 0; c < p.cols; ++c) {
    size_t r = 0;
    for (; r + 4 <= p.rows; r += 4) ternary_column<F, 4>(p, r, c);
    for (; r < p.rows; ++r) ternary_column<F, 1>(p, r, c);
  }
}

}  // namespace
}  // namespace bantam
