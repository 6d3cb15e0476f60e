// What the two AVX-512 files share.
#pragma once
#include <immintrin.h>

#include "simd/dot-inl.h"

namespace bantam {
namespace {

struct Avx512 {
  static constexpr int kRows = 6, kStreamedRows = 6;
  using Sum = __m512;
  static Sum zero() { return _mm512_setzero_ps(); }
  static void fold4(const Sum* s, float* out) {
    const __m512 a = _mm512_add_ps(_mm512_unpacklo_ps(s[0], s[1]), _mm512_unpackhi_ps(s[0], s[1]));
    const __m512 b = _mm512_add_ps(_mm512_unpacklo_ps(s[2], s[3]), _mm512_unpackhi_ps(s[2], s[3]));
    const __m512 ab = _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee));
    const __m256 halves = _mm256_add_ps(_mm512_castps512_ps256(ab), _mm512_extractf32x8_ps(ab, 1));
    _mm_storeu_ps(out, _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1)));
  }
};

struct Avx512F32 : Avx512 {
  using Element = float;
  using Vector = __m512;
  static constexpr size_t kStep = 16;
  static Vector load(const float* p) { return _mm512_loadu_ps(p); }
  static Vector load_tail(const float* p, size_t n) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p);
  }
  static Sum add(Vector x, Vector w, Sum s) { return _mm512_fmadd_ps(x, w, s); }
};

struct Avx512Pairs : Avx512 {
  using Element = uint16_t;
  using Vector = __m512i;
  static constexpr size_t kStep = 32;
  static Vector load(const uint16_t* p) { return _mm512_loadu_si512(p); }
  static Vector load_tail(const uint16_t* p, size_t n) {
    return _mm512_maskz_loadu_epi16(static_cast<__mmask32>((1u << n) - 1), p);
  }
};

}  // namespace
}  // namespace bantam
