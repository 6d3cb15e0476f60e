// Blocks of a matrix product with AVX-512: tiles of 6 rows by 4 vectors.
#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/product-inl.h"

namespace bantam {
namespace {

struct Avx512 {
  using Vector = __m512;
  static constexpr size_t kLanes = 16, kRows = 6, kVectors = 4;

  static __mmask16 first(size_t n) { return static_cast<__mmask16>((1u << n) - 1); }
  static Vector in_register(Vector v) {
    asm("" : "+v"(v));
    return v;
  }
  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector set1(float x) { return _mm512_set1_ps(x); }
  static Vector fma(Vector x, Vector y, Vector z) { return _mm512_fmadd_ps(x, y, z); }
  static Vector add(Vector x, Vector y) { return _mm512_add_ps(x, y); }
  static Vector load(const float* p) { return _mm512_loadu_ps(p); }
  static Vector load_some(const float* p, size_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
  static void store(Vector v, float* p) { _mm512_storeu_ps(p, v); }
  static void store_some(Vector v, float* p, size_t n) { _mm512_mask_storeu_ps(p, first(n), v); }

  static Vector widened(__m256i v) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(v), 16));
  }
  static Vector widen(const uint16_t* p) {
    return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static Vector widen_some(const uint16_t* p, size_t n) {
    return widened(_mm256_maskz_loadu_epi16(first(n), p));
  }
  // To nearest, ties to even; NaN stays NaN.
  static __m256i rounded(Vector v) {
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i sum = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    const __m512i kept = _mm512_mask_mov_epi32(sum, _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), quiet);
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(kept, 16));
  }
  static void store_bf16(Vector v, uint16_t* p) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), rounded(v));
  }
  static void store_bf16_some(Vector v, uint16_t* p, size_t n) {
    _mm256_mask_storeu_epi16(p, first(n), rounded(v));
  }

  static void transpose(__m512i* r) {
    __m512i t[16];
    for (int i = 0; i < 8; ++i) {
      t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
      t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 4; ++i) {
      r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
      r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
      r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
      r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    for (int i = 0; i < 4; ++i) {
      t[i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
      t[4 + i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
      t[8 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
      t[12 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
    }
    for (int i = 0; i < 4; ++i) {
      r[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
      r[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xdd);
      r[4 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88);
      r[12 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xdd);
    }
  }

  // Sixteen rows (those past `rows` are zero) become `depth` rows of sixteen.
  static void transpose(const float* from, size_t stride, size_t rows, size_t depth, float* to,
                        size_t to_stride) {
    for (size_t k = 0; k < depth; k += 16) {
      const size_t count = smaller(16, depth - k);
      __m512i r[16];
      for (size_t i = 0; i < 16; ++i)
        r[i] = _mm512_maskz_loadu_epi32(i < rows ? first(count) : static_cast<__mmask16>(0),
                                        from + i * stride + k);
      transpose(r);
      for (size_t i = 0; i < count; ++i) _mm512_storeu_si512(to + (k + i) * to_stride, r[i]);
    }
  }
  // As above; pairs of bf16 travel together and are taken apart at the end.
  static void transpose(const uint16_t* from, size_t stride, size_t rows, size_t depth, float* to,
                        size_t to_stride) {
    for (size_t k = 0; k < depth; k += 32) {
      const size_t count = smaller(32, depth - k);
      const auto mask = static_cast<__mmask32>(count == 32 ? ~0u : (1u << count) - 1);
      __m512i r[16];
      for (size_t i = 0; i < 16; ++i)
        r[i] = _mm512_maskz_loadu_epi16(i < rows ? mask : 0, from + i * stride + k);
      transpose(r);
      for (size_t i = 0; i < count; i += 2) {
        _mm512_storeu_si512(to + (k + i) * to_stride, _mm512_slli_epi32(r[i / 2], 16));
        if (i + 1 < count)
          _mm512_storeu_si512(to + (k + i + 1) * to_stride,
                              _mm512_and_si512(r[i / 2], _mm512_set1_epi32(static_cast<int>(0xffff0000u))));
      }
    }
  }
};

}  // namespace

namespace products {
const ProductKernels avx512{scratch_bytes<Avx512>, product_block<Avx512>};
}  // namespace products

}  // namespace bantam
#endif
