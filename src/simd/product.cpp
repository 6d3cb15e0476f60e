#include "simd/product.h"

#include "simd/isa.h"

namespace bantam {

const ProductKernels* product_kernels() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::avx512bf16:
    case Isa::avx512:
      return &products::avx512;
    case Isa::avx2:
      return &products::avx2;
#endif
    default:
      return nullptr;
  }
}

}  // namespace bantam
