// Ternary products for any CPU.
#include "simd/ternary-inl.h"

namespace bantam {
namespace {

typedef uint8_t U16 __attribute__((vector_size(16)));

struct Plain {
  static constexpr size_t kBytes = 16;
  using Vector = U16;
  struct Sum {
    int32_t lanes[8];
  };
  static Vector load(const void* p) {
    U16 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
  }
  template <int I>
  static Vector code(Vector v) {
    return v >> static_cast<uint8_t>(2 * I) & static_cast<uint8_t>(3);
  }
  static Sum zero() { return {}; }
  static Sum add(Sum s, Vector codes, Vector x) {
    for (int i = 0; i < 8; ++i)
      s.lanes[i] +=
          codes[2 * i] * static_cast<int8_t>(x[2 * i]) + codes[2 * i + 1] * static_cast<int8_t>(x[2 * i + 1]);
    return s;
  }
  static int32_t fold(const Sum& s) {
    int32_t sum = 0;
    for (const int32_t lane : s.lanes) sum += lane;
    return sum;
  }
};

}  // namespace

namespace ternary {
const TernaryKernel plain = ternary_products<Plain>;
}  // namespace ternary

}  // namespace bantam
