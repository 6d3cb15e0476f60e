// Ternary products with AVX-512's VNNI, which every CPU with its bf16 instructions has: four products at once.
#if defined(__x86_64__)
#include "simd/ternary_avx512.h"

namespace bantam {
namespace {

struct Avx512Vnni : Avx512Codes {
  static Sum add(Sum s, Vector codes, Vector x) { return _mm512_dpbusd_epi32(s, codes, x); }
};

}  // namespace

namespace ternary {
const TernaryKernel avx512vnni = ternary_products<Avx512Vnni>;
}  // namespace ternary

}  // namespace bantam
#endif
