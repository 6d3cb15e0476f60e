#include "simd/ternary.h"

#include "simd/isa.h"

namespace bantam {

TernaryKernel ternary_kernel() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::avx512bf16:
      return ternary::avx512vnni;
    case Isa::avx512:
      return ternary::avx512;
    case Isa::avx2:
      return ternary::avx2;
#endif
    default:
      return ternary::plain;
  }
}

}  // namespace bantam
