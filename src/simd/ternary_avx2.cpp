// Ternary products with AVX2: pairs of products in 16 bits, which hold 2 · 2 · 127, then in 32.
#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/ternary-inl.h"

namespace bantam {
namespace {

struct Avx2 {
  static constexpr size_t kBytes = 32;
  using Vector = __m256i;
  using Sum = __m256i;
  static Vector load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  template <int I>
  static Vector code(Vector v) {
    return _mm256_and_si256(_mm256_srli_epi16(v, 2 * I), _mm256_set1_epi8(3));
  }
  static Sum zero() { return _mm256_setzero_si256(); }
  static Sum add(Sum s, Vector codes, Vector x) {
    return _mm256_add_epi32(s, _mm256_madd_epi16(_mm256_maddubs_epi16(codes, x), _mm256_set1_epi16(1)));
  }
  static int32_t fold(Sum s) {
    __m128i v = _mm_add_epi32(_mm256_castsi256_si128(s), _mm256_extracti128_si256(s, 1));
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1)));
  }
};

}  // namespace

namespace ternary {
const TernaryKernel avx2 = ternary_products<Avx2>;
}  // namespace ternary

}  // namespace bantam
#endif
