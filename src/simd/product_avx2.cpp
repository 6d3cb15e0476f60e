// Blocks of a matrix product with AVX2 and FMA: tiles of 6 rows by 2 vectors.
#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/product-inl.h"

namespace bantam {
namespace {

struct Avx2 {
  using Vector = __m256;
  static constexpr size_t kLanes = 8, kRows = 6, kVectors = 2;

  static __m256i first(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Vector in_register(Vector v) {
    asm("" : "+x"(v));
    return v;
  }
  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector set1(float x) { return _mm256_set1_ps(x); }
  static Vector fma(Vector x, Vector y, Vector z) { return _mm256_fmadd_ps(x, y, z); }
  static Vector add(Vector x, Vector y) { return _mm256_add_ps(x, y); }
  static Vector load(const float* p) { return _mm256_loadu_ps(p); }
  static Vector load_some(const float* p, size_t n) { return _mm256_maskload_ps(p, first(n)); }
  static void store(Vector v, float* p) { _mm256_storeu_ps(p, v); }
  static void store_some(Vector v, float* p, size_t n) { _mm256_maskstore_ps(p, first(n), v); }

  static Vector widened(__m128i v) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(v), 16));
  }
  static Vector widen(const uint16_t* p) {
    return widened(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Vector widen_some(const uint16_t* p, size_t n) {
    uint16_t whole[8] = {};
    __builtin_memcpy(whole, p, n * sizeof(uint16_t));
    return widen(whole);
  }
  // To nearest, ties to even; NaN stays NaN.
  static __m128i rounded(Vector v) {
    const __m256i bits = _mm256_castps_si256(v);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i sum = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    const __m256i half = _mm256_srli_epi32(_mm256_blendv_epi8(sum, quiet, nan), 16);
    return _mm_packus_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  }
  static void store_bf16(Vector v, uint16_t* p) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), rounded(v));
  }
  static void store_bf16_some(Vector v, uint16_t* p, size_t n) {
    uint16_t whole[8];
    store_bf16(v, whole);
    __builtin_memcpy(p, whole, n * sizeof(uint16_t));
  }

  // Eight rows (those past `rows` are zero) become `depth` rows of eight.
  template <class Element>
  static void transpose(const Element* from, size_t stride, size_t rows, size_t depth, float* to,
                        size_t to_stride) {
    for (size_t k = 0; k < depth; k += 8) {
      const size_t count = smaller(8, depth - k);
      __m256 r[8], t[8];
      for (size_t i = 0; i < 8; ++i)
        r[i] = i >= rows    ? zero()
               : count == 8 ? wide<Avx2>(from + i * stride + k)
                            : wide_some<Avx2>(from + i * stride + k, count);
      for (int i = 0; i < 4; ++i) {
        t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
      }
      for (int i = 0; i < 2; ++i) {
        r[4 * i] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0x44);
        r[4 * i + 1] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0xee);
        r[4 * i + 2] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0x44);
        r[4 * i + 3] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0xee);
      }
      for (int i = 0; i < 4; ++i) {
        t[i] = _mm256_permute2f128_ps(r[i], r[4 + i], 0x20);
        t[4 + i] = _mm256_permute2f128_ps(r[i], r[4 + i], 0x31);
      }
      for (size_t i = 0; i < count; ++i) store(t[i], to + (k + i) * to_stride);
    }
  }
};

}  // namespace

namespace products {
const ProductKernels avx2{scratch_bytes<Avx2>, product_block<Avx2>};
}  // namespace products

}  // namespace bantam
#endif
