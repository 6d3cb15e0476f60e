// Ternary products with AVX-512 as it first came: pairs of products in 16 bits, then in 32.
#if defined(__x86_64__)
#include "simd/ternary_avx512.h"

namespace bantam {
namespace {

struct Avx512 : Avx512Codes {
  static Sum add(Sum s, Vector codes, Vector x) {
    return _mm512_add_epi32(s, _mm512_madd_epi16(_mm512_maddubs_epi16(codes, x), _mm512_set1_epi16(1)));
  }
};

}  // namespace

namespace ternary {
const TernaryKernel avx512 = ternary_products<Avx512>;
}  // namespace ternary

}  // namespace bantam
#endif
