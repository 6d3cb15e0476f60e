// Products of blocks that lie in cache, from tiles that lie in registers.
//
// Operands are matrices of words. A word is what one lane multiplies at once: one f32 (F32Words), or two bf16
// that follow each other along the summed dimension (Bf16Words, where the CPU has such products). Law: an
// element of the result is one chain of multiply-adds along the sum, so its bits do not depend on the shape
// of the tiles.
#if defined(BANTAM_SIMD_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BANTAM_SIMD_TILES_INL_H_
#undef BANTAM_SIMD_TILES_INL_H_
#else
#define BANTAM_SIMD_TILES_INL_H_
#endif

#include <stddef.h>

#include "hwy/highway.h"
#include "simd/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

struct F32Words {
  static constexpr size_t kDepth = 1;  // elements along the sum that share a word
  static HWY_INLINE V multiply_add(V a, V b, V sum) { return hn::MulAdd(a, b, sum); }
};

// c[r][n] = or += Σ_k a[r][k] b[k][n]   for r < rows, n < vectors · lanes(). Strides in words. With F32Words
// b may be bf16, widened as it is read.
template <class B>
struct Product {
  const float* a;
  size_t a_row, a_depth;
  const B* b;
  size_t b_depth;
  float* c;
  size_t c_row;
  size_t rows, vectors, depth;
  bool accumulate;
};

// As many sums as registers allow, next to N vectors of b and one of a.
constexpr int kTileRows = 6, kTileVectors = HWY_MAX_BYTES >= 64 ? 4 : 2;

template <class Words, int R, int N, class B>
HWY_INLINE void tile(const Product<B>& p, size_t row, size_t vector) {
  const size_t step = lanes();
  const float* a = p.a + row * p.a_row;
  const B* b = p.b + vector * step;
  float* c = p.c + row * p.c_row + vector * step;
  V sum[R][N];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) sum[r][n] = p.accumulate ? load(c + r * p.c_row + n * step) : zero();
  for (size_t k = 0; k < p.depth; ++k, a += p.a_depth, b += p.b_depth) {
    V b_k[N];
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) b_k[n] = load(b + n * step);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const V a_k = set(a[r * p.a_row]);
#pragma GCC unroll 4
      for (int n = 0; n < N; ++n) sum[r][n] = Words::multiply_add(a_k, b_k[n], sum[r][n]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) store(sum[r][n], c + r * p.c_row + n * step);
}

template <class Words, int N, class B>
HWY_NOINLINE void panel(const Product<B>& p, size_t vector) {
  size_t row = 0;
  for (; row + kTileRows <= p.rows; row += kTileRows) tile<Words, kTileRows, N>(p, row, vector);
  switch (p.rows - row) {
    case 5:
      return tile<Words, 5, N>(p, row, vector);
    case 4:
      return tile<Words, 4, N>(p, row, vector);
    case 3:
      return tile<Words, 3, N>(p, row, vector);
    case 2:
      return tile<Words, 2, N>(p, row, vector);
    case 1:
      return tile<Words, 1, N>(p, row, vector);
    default:
      return;
  }
}

template <class Words, class B = float>
void multiply(const Product<B>& p) {
  for (size_t vector = 0; vector < p.vectors;) {
    // Panels of nearly equal width: a narrow last one would keep few sums in flight.
    const size_t left = p.vectors - vector, panels = (left + kTileVectors - 1) / kTileVectors;
    const size_t width = (left + panels - 1) / panels;
    if constexpr (kTileVectors == 4) {
      if (width == 4) panel<Words, 4>(p, vector);
      if (width == 3) panel<Words, 3>(p, vector);
    }
    if (width == 2) panel<Words, 2>(p, vector);
    if (width == 1) panel<Words, 1>(p, vector);
    vector += width;
  }
}

// put(w, r, v) for all rows r, lanes() at a time, and all words w: lane n of v is from[r + n][w].
// rows: a multiple of lanes(); words: a multiple of 4.
#if HWY_TARGET == HWY_SCALAR
template <class Put>
HWY_INLINE void turn(const float* from, size_t stride, size_t rows, size_t words, Put put) {
  for (size_t r = 0; r < rows; ++r)
    for (size_t w = 0; w < words; ++w) put(w, r, load(from + r * stride + w));
}
#else
// Four words of each fourth row: block b of 128 bits is row 4b.
template <size_t kRows>
HWY_INLINE auto load_blocks(const float* p, size_t stride) {
  if constexpr (kRows == 4) {
    return hn::LoadU(hn::CappedTag<float, 4>(), p);
  } else {
    const hn::CappedTag<float, kRows> d;
    return hn::Combine(d, load_blocks<kRows / 2>(p + kRows / 2 * stride, stride),
                       load_blocks<kRows / 2>(p, stride));
  }
}

template <class Put>
HWY_INLINE void turn(const float* from, size_t stride, size_t rows, size_t words, Put put) {
  const F32Tag d;
  const hn::RepartitionToWide<F32Tag> d2;
  constexpr size_t kLanes = hn::MaxLanes(F32Tag());
  for (size_t r = 0; r < rows; r += kLanes)
    for (size_t w = 0; w < words; w += 4) {
      const float* p = from + r * stride + w;
      const auto x0 = load_blocks<kLanes>(p, stride), x1 = load_blocks<kLanes>(p + stride, stride),
                 x2 = load_blocks<kLanes>(p + 2 * stride, stride),
                 x3 = load_blocks<kLanes>(p + 3 * stride, stride);
      const auto a = hn::BitCast(d2, hn::InterleaveLower(d, x0, x1)),
                 b = hn::BitCast(d2, hn::InterleaveLower(d, x2, x3));
      const auto e = hn::BitCast(d2, hn::InterleaveUpper(d, x0, x1)),
                 f = hn::BitCast(d2, hn::InterleaveUpper(d, x2, x3));
      put(w, r, hn::BitCast(d, hn::InterleaveLower(d2, a, b)));
      put(w + 1, r, hn::BitCast(d, hn::InterleaveUpper(d2, a, b)));
      put(w + 2, r, hn::BitCast(d, hn::InterleaveLower(d2, e, f)));
      put(w + 3, r, hn::BitCast(d, hn::InterleaveUpper(d2, e, f)));
    }
}
#endif

// 2^x to about 1e-7 of itself, for x up to 127; 0 or at most 2^-126 below -126. NaN stays NaN.
HWY_INLINE V exp2(V x) {
#if HWY_TARGET == HWY_AVX3
  const V n{_mm512_roundscale_ps(x.raw, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
  const V f = hn::Sub(x, n);
#else
  const V bounded = hn::Max(set(-126.0f), x);
  const V n = hn::Round(bounded), f = hn::Sub(bounded, n);
#endif
  V p = set(1.3264742e-3f);
  p = hn::MulAdd(p, f, set(9.6715180e-3f));
  p = hn::MulAdd(p, f, set(5.5507338e-2f));
  p = hn::MulAdd(p, f, set(2.4022242e-1f));
  p = hn::MulAdd(p, f, set(6.9314698e-1f));
  p = hn::MulAdd(p, f, set(1.0f));
#if HWY_TARGET == HWY_AVX3
  return V{_mm512_scalef_ps(p.raw, n.raw)};
#else
  const hn::RebindToSigned<F32Tag> i32;
  const auto power = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(i32, n), hn::Set(i32, 127)));
  return hn::Mul(p, hn::BitCast(F32Tag(), power));
#endif
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
