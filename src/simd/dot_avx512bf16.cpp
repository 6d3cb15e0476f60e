// Dot products with AVX-512 and its bf16 instructions, which add a pair of products to an f32 at once.
#if defined(__x86_64__)
#include "simd/dot_avx512.h"

namespace bantam {
namespace {

struct Avx512Bf16 : Avx512Pairs {
  static Sum add(Vector x, Vector w, Sum s) { return _mm512_dpbf16_ps(s, (__m512bh)x, (__m512bh)w); }
};

}  // namespace

namespace dots {
const DotKernels avx512bf16{row_products<Avx512F32>, row_products<Avx512Bf16>};
}  // namespace dots

}  // namespace bantam
#endif
