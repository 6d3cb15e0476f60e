// What recurrences with a matrix-valued state a head share: reading a head's row, running over the vectors of a state's
// row, folding sums over lanes. A state lies as rows of lanes: one row an index of the keys, one lane a value.
#if defined(BANTAM_SIMD_STATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BANTAM_SIMD_STATE_INL_H_
#undef BANTAM_SIMD_STATE_INL_H_
#else
#define BANTAM_SIMD_STATE_INL_H_
#endif

#include "simd/rows-inl.h"
#include "tensor/mat.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {

// A row of f32 or bf16, as f32 vectors; zeros past the end. A head's rows lie too far apart for the CPU to
// foresee, so the row that is `ahead` rows further is fetched.
struct Row {
  const char* data;
  bool is_bf16;
  size_t count;
  ptrdiff_t ahead;  // bytes

  Row(const ConstMat& m, size_t row, size_t col, size_t n, int rows_ahead)
      : data(static_cast<const char*>(m.data) + (row * m.stride + col) * bytes_of(m.dtype)),
        is_bf16(m.dtype == Dtype::bf16),
        count(n),
        ahead(rows_ahead * static_cast<ptrdiff_t>(m.stride * bytes_of(m.dtype))) {}
  HWY_INLINE V at(size_t j) const { return is_bf16 ? vector<bf16>(j) : vector<float>(j); }

 private:
  template <class T>
  HWY_INLINE V vector(size_t j) const {
    const T* p = reinterpret_cast<const T*>(data) + j;
    __builtin_prefetch(data + j * sizeof(T) + ahead);
    if (j + lanes() <= count) return load(p);
    return j < count ? load_tail(p, count - j) : zero();
  }
};

// Runs f<N>(i) over all vectors of value indices, as many at a time as registers hold.
template <class F>
HWY_INLINE void each_vectors(size_t padded, F f) {
  constexpr int kMost = HWY_MAX_BYTES >= 64 ? 4 : 2;
  const size_t step = lanes();
  size_t i = 0;
  for (; i + kMost * step <= padded; i += kMost * step) f.template operator()<kMost>(i);
  for (; i + 2 * step <= padded; i += 2 * step) f.template operator()<2>(i);
  for (; i < padded; i += step) f.template operator()<1>(i);
}

HWY_INLINE void write_row(const float* from, size_t count, const Mat& to, size_t row, size_t col,
                          bool accumulate) {
  dispatch(to.dtype, [&]<class T>() {
    map_into(
        count, to.row<T>(row) + col, accumulate, [](V v) HWY_ATTR { return v; }, from);
  });
}

// Lane n: the sum over the lanes of s[n], n < lanes().
HWY_INLINE V sums_of_lanes(const float (*s)[16]) {
#if HWY_TARGET == HWY_SCALAR
  return load(s[0]);
#else
  const F32Tag d;
  const hn::RepartitionToWide<F32Tag> d2;
  const auto pair = [&](V x, V y) HWY_ATTR {
    return hn::BitCast(d2, hn::Add(hn::InterleaveLower(d, x, y), hn::InterleaveUpper(d, x, y)));
  };
  // Every block of 128 bits holds a part of each of four sums.
  const auto four = [&](size_t n) HWY_ATTR {
    const auto a = pair(load(s[n]), load(s[n + 1])), b = pair(load(s[n + 2]), load(s[n + 3]));
    return hn::Add(hn::BitCast(d, hn::InterleaveLower(d2, a, b)),
                   hn::BitCast(d, hn::InterleaveUpper(d2, a, b)));
  };
#if HWY_MAX_BYTES == 16
  return four(0);
#else
  // x's parts in the even blocks, y's in the odd ones.
  const auto blocks = [&](V x, V y) HWY_ATTR {
    return hn::Add(hn::OddEvenBlocks(y, x), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(x, y)));
  };
#if HWY_MAX_BYTES == 32
  return blocks(four(0), four(4));
#else
  const auto halves = [&](V x, V y) HWY_ATTR {
    return hn::Add(hn::ConcatLowerLower(d, y, x), hn::ConcatUpperUpper(d, y, x));
  };
  return blocks(halves(four(0), four(8)), halves(four(4), four(12)));
#endif
#endif
#endif
}

}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
