#include "simd/dot.h"

#include "simd/isa.h"

namespace bantam {

const DotKernels& dot_kernels() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::avx512bf16:
      return dots::avx512bf16;
    case Isa::avx512:
      return dots::avx512;
    case Isa::avx2:
      return dots::avx2;
#endif
    default:
      return dots::plain;
  }
}

}  // namespace bantam
