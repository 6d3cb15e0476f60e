// Attention with error functions in place of the softmax (ops/derf_attention.h), over the same blocks as attention-inl.h:
//
//   E = α c S + β    A = γ/2 (1 + erf E)    Z = Σ A + 1e-8    P = A / Z    Y = P V
//
//   dE = (dP − D) ⊙ γ e^(−E²) / (√π Z),  D = rowsum(dY ⊙ Y)    dS = α dE    dα = Σ dE ⊙ c S    dβ = Σ dE
//   dγ = D 1e-8 / (γ Z), summed over rows: but for the 1e-8, γ cancels
//
// α, β and γ belong to a head, c is the scale.
#if defined(BANTAM_SIMD_DERF_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BANTAM_SIMD_DERF_ATTENTION_INL_H_
#undef BANTAM_SIMD_DERF_ATTENTION_INL_H_
#else
#define BANTAM_SIMD_DERF_ATTENTION_INL_H_
#endif

#include "simd/attention-inl.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

constexpr float kSmallestSum = 1e-8f;

// The numbers of each row's head, for one block of rows.
struct DerfRows {
  float *alpha, *by, *shift, *half;  // α, α c, β and γ/2

  template <class Words>
  explicit DerfRows(Workplace<Words>& w)
      : alpha(w.take(kBlock)), by(w.take(kBlock)), shift(w.take(kBlock)), half(w.take(kBlock)) {}
  void start(const AttentionTask& task, const RowBlock& rows) {
    for (size_t r = 0; r < kBlock; ++r) {
      const size_t h = r < rows.count ? rows.first + r - rows.query[r] * task.group : 0;
      alpha[r] = task.alpha[h];
      by[r] = task.alpha[h] * task.scale;
      shift[r] = task.beta[h];
      half[r] = 0.5f * task.gamma[h];
    }
  }
  HWY_INLINE V exponent(size_t r, V score) const { return hn::MulAdd(score, set(by[r]), set(shift[r])); }
  HWY_INLINE V weight(size_t r, V e) const { return hn::Mul(set(half[r]), hn::Add(set(1.0f), erf(e))); }
};

// A of a block from its scores, and its sums by lanes.
template <class Words, bool kMasked>
void derf_weights(const DerfRows& derf, const RowBlock& rows, const Sight& sight, size_t width,
                  const float* scores, float* a, float* sums) {
  const size_t step = lanes();
  for (size_t r = 0; r < rows.count; ++r) {
    V sum = load(sums + r * 16);
    for (size_t j = 0; j < width; j += 2 * step) {
      V a_j[2];
#pragma GCC unroll 2
      for (size_t n = 0; n < 2; ++n) {
        const size_t at = j + n * step;
        a_j[n] = derf.weight(r, derf.exponent(r, load(scores + r * kBlock + at)));
        if (kMasked) a_j[n] = hn::IfThenElseZero(sight.lanes_of(rows.query[r], at), a_j[n]);
      }
      sum = hn::Add(sum, hn::Add(a_j[0], a_j[1]));
      Words::put_row(a, r, j, a_j[0], a_j[1]);
    }
    store(sum, sums + r * 16);
  }
}

template <class Words>
void derf_forward_task(const AttentionForward& task) {
  using T = typename Words::Element;
  const size_t group = task.group, width = task.width, pair = 2 * lanes();
  Workplace<Words> w(task);
  float *keys = w.take(w.key_blocks * w.turned_size), *values = w.take(w.key_blocks * w.stacked_size);
  float *q = w.take(kBlock * w.row_words), *scores = w.take(kSquare), *a = w.take(kSquare);
  float *sums = w.take(kBlock * 16), *y = w.take(kBlock * w.padded);
  DerfRows derf(w);
  w.pack(task.k, task.k_stride, q, keys, nullptr);
  w.pack(task.v, task.v_stride, q, nullptr, values);
  for (size_t i = task.begin * group; i < task.end * group; i += kBlock) {
    const RowBlock rows(task, i);
    w.fill_rows(task.q, task.q_stride, group, i, rows.count, q);
    derf.start(task, rows);
    memset(sums, 0, kBlock * 16 * sizeof(float));
    memset(y, 0, kBlock * w.padded * sizeof(float));
    w.each_key_block(rows, [&](size_t n, const Sight& sight) HWY_ATTR {
      const size_t seen = blocks_of(sight.width, pair) * pair;
      w.multiply_turned(rows, sight, q, keys + n * w.turned_size, scores);
      sight.masked ? derf_weights<Words, true>(derf, rows, sight, seen, scores, a, sums)
                   : derf_weights<Words, false>(derf, rows, sight, seen, scores, a, sums);
      w.add_along_keys(rows, sight, a, values + n * w.stacked_size, y);
    });
    for (size_t r = 0; r < rows.count; ++r) {
      const size_t t = rows.query[r], h = i + r - t * group;
      const float sum = sum_lanes(load(sums + r * 16)) + kSmallestSum;
      const V over = set(1.0f / sum);
      map(
          width, static_cast<T*>(task.y) + t * task.y_stride + h * width,
          [&](V v) HWY_ATTR { return hn::Mul(v, over); }, static_cast<const float*>(y + r * w.padded));
      if (task.row_sums != nullptr) task.row_sums[t * task.row_sums_stride + h] = sum;
    }
  }
}

// In the place of SoftmaxBack.
template <class Words>
struct DerfBack {
  using Element = typename SoftmaxBack<Words>::Element;
  const float scale;
  DerfRows derf;
  float *over, *slope, *d;      // 1 / Z, γ / (√π Z) and D of each row; 0 past the last
  float *by_score, *by_itself;  // [64, 16], lanes of Σ dE ⊙ S and Σ dE

  DerfBack(const AttentionBackward& task, Workplace<Words>& w)
      : scale(task.scale),
        derf(w),
        over(w.take(kBlock)),
        slope(w.take(kBlock)),
        d(w.take(kBlock)),
        by_score(w.take(kBlock * 16)),
        by_itself(w.take(kBlock * 16)) {}
  void start(const AttentionBackward& task, const RowBlock& rows) {
    derf.start(task, rows);
    for (float* row : {over, slope, d}) memset(row, 0, kBlock * sizeof(float));
    for (float* sums : {by_score, by_itself}) memset(sums, 0, kBlock * 16 * sizeof(float));
    for (size_t r = 0; r < rows.count; ++r) {
      const size_t t = rows.query[r], h = rows.first + r - t * task.group;
      over[r] = 1.0f / task.row_sums[t * task.row_sums_stride + h];
      slope[r] = task.gamma[h] * 0.564189584f * over[r];
      d[r] = row_product<typename Words::Element>(task, t, h);
    }
  }
  HWY_INLINE Element element(size_t row, V score, V dp) const {
    const V e = derf.exponent(row, score),
            bell = exp2(hn::Max(set(-126.0f), hn::Mul(hn::Mul(e, e), set(-1.44269504f))));
    return {hn::Mul(derf.weight(row, e), set(over[row])),
            hn::Mul(hn::Mul(hn::Sub(dp, set(d[row])), set(slope[row])), bell)};
  }
  // dS, which the scale is still missing from, of dE.
  HWY_INLINE V gradient(size_t row, V score, V de) {
    float *s = by_score + row * 16, *one = by_itself + row * 16;
    store(hn::MulAdd(de, score, load(s)), s);
    store(hn::Add(load(one), de), one);
    return hn::Mul(de, set(derf.alpha[row]));
  }
  void end(const AttentionBackward& task, const RowBlock& rows) {
    for (size_t r = 0; r < rows.count; ++r) {
      const size_t h = rows.first + r - rows.query[r] * task.group;
      double* to = task.dderf + 3 * h;
      to[0] += static_cast<double>(scale) * sum_lanes(load(by_score + r * 16));
      to[1] += sum_lanes(load(by_itself + r * 16));
      if (task.gamma[h] != 0) to[2] += static_cast<double>(d[r]) * kSmallestSum * over[r] / task.gamma[h];
    }
  }
};

// The tasks of both kinds of weights.
template <class Words>
void forward_of(const AttentionForward& task) {
  task.alpha == nullptr ? forward_task<Words>(task) : derf_forward_task<Words>(task);
}
template <class Words>
void backward_of(const AttentionBackward& task) {
  task.alpha == nullptr ? backward_task<Words, SoftmaxBack<Words>>(task)
                        : backward_task<Words, DerfBack<Words>>(task);
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
