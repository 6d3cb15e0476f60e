// Dot products for any CPU: vectors of four f32, multiply and add apart.
#include "simd/dot-inl.h"

namespace bantam {
namespace {

typedef float F4 __attribute__((vector_size(16)));
typedef uint32_t U4 __attribute__((vector_size(16)));

struct Plain {
  static constexpr int kRows = 2, kStreamedRows = 2;
  using Sum = F4;
  static Sum zero() { return F4{0, 0, 0, 0}; }
  static void fold4(const Sum* s, float* out) {
    for (int i = 0; i < 4; ++i) out[i] = (s[i][0] + s[i][2]) + (s[i][1] + s[i][3]);
  }
};

struct PlainF32 : Plain {
  using Element = float;
  using Vector = F4;
  static constexpr size_t kStep = 4;
  static Vector load(const float* p) {
    F4 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
  }
  static Vector load_tail(const float* p, size_t n) {
    F4 v = zero();
    __builtin_memcpy(&v, p, n * sizeof(float));
    return v;
  }
  static Sum add(Vector x, Vector w, Sum s) { return s + x * w; }
};

// A vector holds four pairs; a pair's even element comes first.
struct PlainBf16 : Plain {
  using Element = uint16_t;
  using Vector = U4;
  static constexpr size_t kStep = 8;
  static Vector load(const uint16_t* p) {
    U4 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
  }
  static Vector load_tail(const uint16_t* p, size_t n) {
    U4 v{0, 0, 0, 0};
    __builtin_memcpy(&v, p, n * sizeof(uint16_t));
    return v;
  }
  static F4 even(U4 v) { return (F4)(v << 16); }
  static F4 odd(U4 v) { return (F4)(v & 0xffff0000u); }
  static Sum add(Vector x, Vector w, Sum s) { return (s + even(x) * even(w)) + odd(x) * odd(w); }
};

}  // namespace

namespace dots {
const DotKernels plain{row_products<PlainF32>, row_products<PlainBf16>};
}  // namespace dots

}  // namespace bantam
