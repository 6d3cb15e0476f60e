// Attention in bf16 with AVX-512's products of pairs. Sums, probabilities' sums and the softmax stay in f32.
#if defined(__x86_64__)
// Highway's AVX3 without what its kernels here do not use.
#define HWY_DISABLE_PCLMUL_AES
#define HWY_DISABLE_F16C
#define HWY_COMPILE_ONLY_STATIC
#include <immintrin.h>

#include "simd/derf_attention-inl.h"

static_assert(HWY_STATIC_TARGET == HWY_AVX3);

HWY_BEFORE_NAMESPACE();
namespace bantam {
namespace HWY_NAMESPACE {
namespace {

struct Bf16Operands {
  using Element = bf16;
  static constexpr size_t kDepth = 2;

  static HWY_INLINE V multiply_add(V a, V b, V sum) {
    return V{_mm512_dpbf16_ps(sum.raw, (__m512bh)_mm512_castps_si512(a.raw),
                              (__m512bh)_mm512_castps_si512(b.raw))};
  }
  static void fill_row(const bf16* from, size_t count, float* to, size_t words) {
    memcpy(to, from, count * sizeof(bf16));
    memset(reinterpret_cast<bf16*>(to) + count, 0, words * sizeof(float) - count * sizeof(bf16));
  }
  // Rows 2i and 2i + 1 side by side in row i.
  static void stack(const float* rows, float* to, size_t padded) {
    const auto words = [](const float* p) HWY_ATTR {
      return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    };
    for (size_t at = 0; at < kBlock / 2 * padded; at += padded, rows += padded)
      for (size_t d = 0; d < padded; d += 16) {
        const __m512i odd = _mm512_slli_epi32(words(rows + (padded + d) / 2), 16);
        _mm512_storeu_si512(to + at + d, _mm512_or_si512(words(rows + d / 2), odd));
      }
  }
  static HWY_INLINE void put_row(float* rows, size_t i, size_t j, V x, V y) {
    _mm512_storeu_si512(rows + (i * kBlock + j) / 2, (__m512i)_mm512_cvtne2ps_pbh(y.raw, x.raw));
  }
  static HWY_INLINE void put_stacked(float* stacked, size_t i, size_t j, V x, V y) {
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23,
                                           7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const __m512i halves = (__m512i)_mm512_cvtne2ps_pbh(y.raw, x.raw);
    _mm512_storeu_si512(stacked + i / 2 * kBlock + j, _mm512_permutexvar_epi16(order, halves));
  }
};

}  // namespace
}  // namespace HWY_NAMESPACE

const AttentionKernels attention_avx512bf16{HWY_NAMESPACE::forward_of<HWY_NAMESPACE::Bf16Operands>,
                                            HWY_NAMESPACE::backward_of<HWY_NAMESPACE::Bf16Operands>};

}  // namespace bantam
HWY_AFTER_NAMESPACE();
#endif
