// What the two AVX-512 files of ternary products share.
#pragma once
#include <immintrin.h>

#include "simd/ternary-inl.h"

namespace bantam {
namespace {

struct Avx512Codes {
  static constexpr size_t kBytes = 64;
  using Vector = __m512i;
  using Sum = __m512i;
  static Vector load(const void* p) { return _mm512_loadu_si512(p); }
  template <int I>
  static Vector code(Vector v) {
    return _mm512_and_si512(_mm512_srli_epi16(v, 2 * I), _mm512_set1_epi8(3));
  }
  static Sum zero() { return _mm512_setzero_si512(); }
  static int32_t fold(Sum s) { return _mm512_reduce_add_epi32(s); }
};

}  // namespace
}  // namespace bantam
