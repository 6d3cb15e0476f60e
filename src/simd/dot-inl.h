// The loops around a dot product, for one instruction set and element type `F`. Everything here has internal
// linkage: the linker must never pick code of one instruction set for another.
//
// F has: Element; kRows of a tile; kStreamedRows, up to which few_rows is quicker than tiles; kStep (elements a step);
// Vector load(const Element*), load_tail(const Element*, n); Sum zero(); Sum add(Vector x, Vector w, Sum s);
// void fold4(const Sum (&s)[4], float* out).
#pragma once
#include "simd/dot.h"

namespace bantam {
namespace {

uint16_t to_bf16(float value) {
  uint32_t u;
  __builtin_memcpy(&u, &value, 4);
  if ((u & 0x7fffffff) > 0x7f800000) return static_cast<uint16_t>(u >> 16 | 0x40);
  return static_cast<uint16_t>((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

// y[r][c + j] = the lanes of s[j] together + bias, for j < C.
template <class F, int C>
void finish(const RowProducts& p, size_t r, size_t c, const typename F::Sum* s) {
  constexpr int kSums = C < 4 ? 4 : C;
  float y[kSums];
  for (int j = 0; j < kSums; j += 4) F::fold4(s + j, y + j);
  const size_t at = r * p.y_stride + c;
  if (p.bias != nullptr)
    for (int j = 0; j < C; ++j) y[j] += p.bias[c + j];
  if (p.y_is_bf16)
    for (int j = 0; j < C; ++j) static_cast<uint16_t*>(p.y)[at + j] = to_bf16(y[j]);
  else
    for (int j = 0; j < C; ++j) static_cast<float*>(p.y)[at + j] = y[j];
}

// Outputs [r, r + R) x [c, c + C); C is 4 or 1.
template <class F, int R, int C>
void tile(const RowProducts& p, size_t r, size_t c) {
  using Element = typename F::Element;
  const Element* x = static_cast<const Element*>(p.x) + r * p.x_stride;
  const Element* w = static_cast<const Element*>(p.w) + c * p.w_stride;
  constexpr int kSums = C < 4 ? 4 : C;
  typename F::Sum s[R][kSums];
  for (int i = 0; i < R; ++i)
    for (int j = 0; j < kSums; ++j) s[i][j] = F::zero();
  size_t k = 0;
  for (; k + F::kStep <= p.k; k += F::kStep) {
    typename F::Vector w_k[C];
#pragma GCC unroll 4
    for (int j = 0; j < C; ++j) w_k[j] = F::load(w + j * p.w_stride + k);
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
      const typename F::Vector x_k = F::load(x + i * p.x_stride + k);
#pragma GCC unroll 4
      for (int j = 0; j < C; ++j) s[i][j] = F::add(x_k, w_k[j], s[i][j]);
    }
  }
  if (k < p.k) {
    for (int i = 0; i < R; ++i) {
      const typename F::Vector x_k = F::load_tail(x + i * p.x_stride + k, p.k - k);
      for (int j = 0; j < C; ++j)
        s[i][j] = F::add(x_k, F::load_tail(w + j * p.w_stride + k, p.k - k), s[i][j]);
    }
  }
  for (int i = 0; i < R; ++i) finish<F, C>(p, r + i, c, s[i]);
}

// R rows of x, few: memory sets the pace, so the rows of w are read one after another, a stream that the hardware fetches
// ahead; the CPU overlaps the chains of a row with the next one's. (Reading several rows abreast reached a third to two
// thirds of it on Zen 4.)
template <class F, int R>
void few_rows(const RowProducts& p) {
  using Element = typename F::Element;
  const Element* x = static_cast<const Element*>(p.x);
  const size_t whole = p.k - p.k % F::kStep;
  size_t c = 0;
  for (; c + 4 <= p.cols; c += 4) {
    typename F::Sum s[R][4];
    for (int j = 0; j < 4; ++j) {
      const Element* w = static_cast<const Element*>(p.w) + (c + j) * p.w_stride;
      typename F::Sum of_row[R];
      for (int i = 0; i < R; ++i) of_row[i] = F::zero();
#pragma GCC unroll 4
      for (size_t k = 0; k < whole; k += F::kStep) {
        const typename F::Vector w_k = F::load(w + k);
#pragma GCC unroll 8
        for (int i = 0; i < R; ++i) of_row[i] = F::add(F::load(x + i * p.x_stride + k), w_k, of_row[i]);
      }
      if (whole < p.k) {
        const typename F::Vector w_k = F::load_tail(w + whole, p.k - whole);
        for (int i = 0; i < R; ++i)
          of_row[i] = F::add(F::load_tail(x + i * p.x_stride + whole, p.k - whole), w_k, of_row[i]);
      }
      for (int i = 0; i < R; ++i) s[i][j] = of_row[i];
    }
    for (int i = 0; i < R; ++i) finish<F, 4>(p, i, c, s[i]);
  }
  for (; c < p.cols; ++c) tile<F, R, 1>(p, 0, c);
}

// f.operator()<rows>() for rows from 1 to 6; nothing for other counts.
template <class Call>
void with_rows(size_t rows, Call f) {
  switch (rows) {
    case 1:
      return f.template operator()<1>();
    case 2:
      return f.template operator()<2>();
    case 3:
      return f.template operator()<3>();
    case 4:
      return f.template operator()<4>();
    case 5:
      return f.template operator()<5>();
    case 6:
      return f.template operator()<6>();
    default:
      return;
  }
}

template <class F, int C>
void column_of_tiles(const RowProducts& p, size_t c) {
  size_t r = 0;
  for (; r + F::kRows <= p.rows; r += F::kRows) tile<F, F::kRows, C>(p, r, c);
  with_rows(p.rows - r, [&]<int R>() { tile<F, R, C>(p, r, c); });
}

template <class F>
void row_products(const RowProducts& p) {
  if (p.rows <= F::kStreamedRows)
    return with_rows(p.rows, [&]<int R>() {
      if constexpr (R <= F::kStreamedRows) few_rows<F, R>(p);
    });
  size_t c = 0;
  for (; c + 4 <= p.cols; c += 4) column_of_tiles<F, 4>(p, c);
  for (; c < p.cols; ++c) column_of_tiles<F, 1>(p, c);
}

}  // namespace
}  // namespace bantam
