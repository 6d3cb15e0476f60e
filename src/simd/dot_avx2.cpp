// Dot products with AVX2 and FMA: vectors of eight f32, or eight pairs of bf16 taken apart into f32.
#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/dot-inl.h"

namespace bantam {
namespace {

struct Avx2 {
  static constexpr int kRows = 2, kStreamedRows = 2;
  using Sum = __m256;
  static Sum zero() { return _mm256_setzero_ps(); }
  static void fold4(const Sum* s, float* out) {
    const __m256 a = _mm256_add_ps(_mm256_unpacklo_ps(s[0], s[1]), _mm256_unpackhi_ps(s[0], s[1]));
    const __m256 b = _mm256_add_ps(_mm256_unpacklo_ps(s[2], s[3]), _mm256_unpackhi_ps(s[2], s[3]));
    const __m256 ab = _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
    _mm_storeu_ps(out, _mm_add_ps(_mm256_castps256_ps128(ab), _mm256_extractf128_ps(ab, 1)));
  }
};

struct Avx2F32 : Avx2 {
  using Element = float;
  using Vector = __m256;
  static constexpr size_t kStep = 8;
  static Vector load(const float* p) { return _mm256_loadu_ps(p); }
  static Vector load_tail(const float* p, size_t n) {
    float whole[8] = {};
    __builtin_memcpy(whole, p, n * sizeof(float));
    return _mm256_loadu_ps(whole);
  }
  static Sum add(Vector x, Vector w, Sum s) { return _mm256_fmadd_ps(x, w, s); }
};

struct Avx2Bf16 : Avx2 {
  using Element = uint16_t;
  using Vector = __m256i;
  static constexpr size_t kStep = 16;
  static Vector load(const uint16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static Vector load_tail(const uint16_t* p, size_t n) {
    uint16_t whole[16] = {};
    __builtin_memcpy(whole, p, n * sizeof(uint16_t));
    return load(whole);
  }
  static __m256 even(__m256i v) { return _mm256_castsi256_ps(_mm256_slli_epi32(v, 16)); }
  static __m256 odd(__m256i v) {
    return _mm256_castsi256_ps(_mm256_and_si256(v, _mm256_set1_epi32(static_cast<int>(0xffff0000u))));
  }
  static Sum add(Vector x, Vector w, Sum s) {
    return _mm256_fmadd_ps(odd(x), odd(w), _mm256_fmadd_ps(even(x), even(w), s));
  }
};

}  // namespace

namespace dots {
const DotKernels avx2{row_products<Avx2F32>, row_products<Avx2Bf16>};
}  // namespace dots

}  // namespace bantam
#endif
