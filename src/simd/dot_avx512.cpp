// Dot products with AVX-512: vectors of sixteen f32, or sixteen pairs of bf16 taken apart into f32.
#if defined(__x86_64__)
#include "simd/dot_avx512.h"

namespace bantam {
namespace {

struct Avx512Bf16 : Avx512Pairs {
  static constexpr int kRows = 4;  // taking pairs apart needs registers
  static __m512 even(__m512i v) { return _mm512_castsi512_ps(_mm512_slli_epi32(v, 16)); }
  static __m512 odd(__m512i v) {
    return _mm512_castsi512_ps(_mm512_and_si512(v, _mm512_set1_epi32(static_cast<int>(0xffff0000u))));
  }
  static Sum add(Vector x, Vector w, Sum s) {
    return _mm512_fmadd_ps(odd(x), odd(w), _mm512_fmadd_ps(even(x), even(w), s));
  }
};

}  // namespace

namespace dots {
const DotKernels avx512{row_products<Avx512F32>, row_products<Avx512Bf16>};
}  // namespace dots

}  // namespace bantam
#endif
