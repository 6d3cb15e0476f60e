// A block of a matrix product for one instruction set: operands packed as f32 into panels that fit the
// caches, and a tile of the result held in registers (Goto and van de Geijn 2008, "Anatomy of
// high-performance matrix multiplication"). Everything here has internal linkage: the linker must never pick
// code of one instruction set for another.
//
// F has: Vector; kLanes; kRows x kVectors, the tile; in_register(v), v loaded once and not at each use;
// zero(), set1(x), load(p), store(v, p), fma(x, y, z), add(x, y); load_some(p, n) and store_some(v, p, n) of
// the first n lanes; widen(p) and widen_some(p, n) from bf16; store_bf16_some(v, p, n); transpose(from,
// stride, rows, depth, to, to_stride) from f32 and from bf16.
//
// Panels:  a: [m][depth] where it lies by rows, [m / kGroup][depth][kGroup] where it is transposed
//          b: [depth][kColumns]
#pragma once
#include "simd/product.h"

namespace bantam {
namespace {

constexpr size_t kDepth = 384;  // of K that is packed at a time, at most

inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

template <class F>
constexpr size_t kColumns = F::kVectors* F::kLanes;

template <class F>
size_t columns_padded(size_t n) {
  return (n + kColumns<F> - 1) / kColumns<F> * kColumns<F>;
}

// Rows of a that are packed side by side where it is transposed: whole tiles and whole vectors.
template <class F>
constexpr size_t kGroup = F::kRows % F::kLanes == 0   ? F::kRows
                          : F::kLanes % F::kRows == 0 ? F::kLanes
                                                      : F::kRows / 2 * F::kLanes;

template <class F>
size_t packed_a_floats(size_t m) {
  return (m + kGroup<F>)*kDepth;
}
template <class F>
size_t scratch_bytes(size_t m, size_t n) {
  return (packed_a_floats<F>(m) + kDepth * kColumns<F> + m * columns_padded<F>(n)) * sizeof(float);
}

// Where a tile's sums go. Until the last step along K they stay in f32; then they are finished into c.
struct TileTarget {
  float* sums;  // c itself where that is f32
  size_t sums_stride;
  bool add;     // to what is there
  uint16_t* c;  // bf16, on the last step, else null
  size_t c_stride;
  bool accumulate;    // to the old c
  const float* bias;  // on the last step, or null
  size_t columns;
};

// The general case: any number of columns, a bias, a bf16 result.
template <class F>
[[gnu::noinline]] void write_rows(const float* tile, size_t row, size_t rows, const TileTarget& to) {
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < to.columns; j += F::kLanes) {
      const size_t count = smaller(F::kLanes, to.columns - j);
      typename F::Vector v = F::load(tile + i * kColumns<F> + j);
      float* sums = to.sums + (row + i) * to.sums_stride + j;
      if (to.add) v = F::add(v, F::load_some(sums, count));
      if (to.bias != nullptr) v = F::add(v, F::load_some(to.bias + j, count));
      if (to.c == nullptr) {
        F::store_some(v, sums, count);
        continue;
      }
      uint16_t* c = to.c + (row + i) * to.c_stride + j;
      if (to.accumulate) v = F::add(v, F::widen_some(c, count));
      F::store_bf16_some(v, c, count);
    }
}

// R rows of a tile over `depth` of K. Element (i, k) of a lies at a[i · a_row + k · a_step].
template <class F, int R>
void multiply_tile(const float* a, size_t a_row, size_t a_step, const float* b, size_t depth, size_t row,
                   const TileTarget& to) {
  constexpr int N = F::kVectors;
  typename F::Vector sum[R][N];
  for (int i = 0; i < R; ++i)
    for (int j = 0; j < N; ++j) sum[i][j] = F::zero();
  for (size_t k = 0; k < depth; ++k, a += a_step, b += kColumns<F>) {
    typename F::Vector b_k[N];
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j) b_k[j] = F::in_register(F::load(b + j * F::kLanes));
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
      const typename F::Vector a_k = F::set1(a[i * a_row]);
#pragma GCC unroll 4
      for (int j = 0; j < N; ++j) sum[i][j] = F::fma(a_k, b_k[j], sum[i][j]);
    }
  }
  const bool whole = to.columns == kColumns<F> && to.bias == nullptr;
  float* sums = to.sums + row * to.sums_stride;
  if (whole && to.c == nullptr) {
    for (int i = 0; i < R; ++i)
      for (int j = 0; j < N; ++j) {
        float* p = sums + i * to.sums_stride + j * F::kLanes;
        F::store(to.add ? F::add(F::load(p), sum[i][j]) : sum[i][j], p);
      }
    return;
  }
  alignas(64) float tile[R * kColumns<F>];
  for (int i = 0; i < R; ++i)
    for (int j = 0; j < N; ++j) F::store(sum[i][j], tile + i * kColumns<F> + j * F::kLanes);
  write_rows<F>(tile, row, R, to);
}

template <class F>
void multiply_rows(size_t rows, const float* a, size_t a_row, size_t a_step, const float* b, size_t depth,
                   size_t row, const TileTarget& to) {
  switch (rows) {
    case 1:
      return multiply_tile<F, 1>(a, a_row, a_step, b, depth, row, to);
    case 2:
      return multiply_tile<F, 2>(a, a_row, a_step, b, depth, row, to);
    case 3:
      return multiply_tile<F, 3>(a, a_row, a_step, b, depth, row, to);
    case 4:
      return multiply_tile<F, 4>(a, a_row, a_step, b, depth, row, to);
    case 5:
      return multiply_tile<F, 5>(a, a_row, a_step, b, depth, row, to);
    default:
      return multiply_tile<F, 6>(a, a_row, a_step, b, depth, row, to);
  }
}

template <class F, class Element>
typename F::Vector wide(const Element* p) {
  if constexpr (sizeof(Element) == 2)
    return F::widen(p);
  else
    return F::load(p);
}
template <class F, class Element>
typename F::Vector wide_some(const Element* p, size_t n) {
  if constexpr (sizeof(Element) == 2)
    return F::widen_some(p, n);
  else
    return F::load_some(p, n);
}

// One row of `count` elements, widened.
template <class F, class Element>
void widen_row(const Element* from, size_t count, float* to) {
  size_t i = 0;
  for (; i + F::kLanes <= count; i += F::kLanes) F::store(wide<F>(from + i), to + i);
  if (i < count) F::store_some(wide_some<F>(from + i, count - i), to + i, count - i);
}

template <class F, class Element>
void pack_a(const Element* a, size_t stride, bool transposed, size_t m, size_t depth, float* to) {
  if (!transposed) {
    for (size_t i = 0; i < m; ++i) widen_row<F>(a + i * stride, depth, to + i * depth);
    return;
  }
  for (size_t i = 0; i < m; i += kGroup<F>)
    for (size_t k = 0; k < depth; ++k)
      widen_row<F>(a + k * stride + i, smaller(kGroup<F>, m - i), to + i * depth + k * kGroup<F>);
}

// Columns past n are zero.
template <class F, class Element>
void pack_b(const Element* b, size_t stride, bool transposed, size_t n, size_t depth, float* to) {
  if (transposed) {
    for (size_t j = 0; j < kColumns<F>; j += F::kLanes)
      F::transpose(b + j * stride, stride, j < n ? n - j : 0, depth, to + j, kColumns<F>);
    return;
  }
  for (size_t k = 0; k < depth; ++k)
    for (size_t j = 0; j < kColumns<F>; j += F::kLanes) {
      const Element* from = b + k * stride + j;
      F::store(j + F::kLanes <= n ? wide<F>(from)
               : j < n            ? wide_some<F>(from, n - j)
                                  : F::zero(),
               to + k * kColumns<F> + j);
    }
}

// One panel of columns against all packed rows.
template <class F>
void multiply_panel(const float* a, bool a_transposed, size_t m, const float* b, size_t depth,
                    const TileTarget& to) {
  const size_t a_row = a_transposed ? 1 : depth, a_step = a_transposed ? kGroup<F> : 1;
  for (size_t i = 0; i < m; i += F::kRows) {
    const size_t in_group = i % kGroup<F>;
    const float* a_tile = a + (a_transposed ? (i - in_group) * depth + in_group : i * depth);
    multiply_rows<F>(smaller(F::kRows, m - i), a_tile, a_row, a_step, b, depth, i, to);
  }
}

template <class F, class Element>
void multiply_block(const BlockProduct& p) {
  const Element *a = static_cast<const Element*>(p.a.data), *b = static_cast<const Element*>(p.b.data);
  float* packed_a = static_cast<float*>(p.scratch);
  float* packed_b = packed_a + packed_a_floats<F>(p.m);
  float* sums = p.c_is_bf16 ? packed_b + kDepth * kColumns<F> : static_cast<float*>(p.c);
  const size_t steps = (p.k + kDepth - 1) / kDepth, longest = ((p.k + steps - 1) / steps + 31) / 32 * 32;
  for (size_t k = 0, depth; k < p.k; k += depth) {
    depth = smaller(longest, p.k - k);
    const bool last = k + depth == p.k;
    pack_a<F>(a + (p.a.transposed ? k * p.a.stride : k), p.a.stride, p.a.transposed, p.m, depth, packed_a);
    for (size_t j = 0; j < p.n; j += kColumns<F>) {
      const size_t columns = smaller(kColumns<F>, p.n - j);
      pack_b<F>(b + (p.b.transposed ? j * p.b.stride + k : k * p.b.stride + j), p.b.stride, p.b.transposed,
                columns, depth, packed_b);
      multiply_panel<F>(packed_a, p.a.transposed, p.m, packed_b, depth,
                        {sums + j, p.c_is_bf16 ? columns_padded<F>(p.n) : p.c_stride,
                         k > 0 || (p.accumulate && !p.c_is_bf16),
                         last && p.c_is_bf16 ? static_cast<uint16_t*>(p.c) + j : nullptr, p.c_stride,
                         p.accumulate, last && p.bias != nullptr ? p.bias + j : nullptr, columns});
    }
  }
}

template <class F>
void product_block(const BlockProduct& p) {
  p.a.is_bf16 ? multiply_block<F, uint16_t>(p) : multiply_block<F, float>(p);
}

}  // namespace
}  // namespace bantam
