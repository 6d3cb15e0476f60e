// Attention over blocks of keys with an online softmax (Dao et al. 2022, arXiv:2205.14135; the way back as in
// algorithm 4), for one task: see attention.h.
//
//   i  rows of work: query t and head h of the group, i = t · group + h     j  keys     both 64 at a time
//
//   S = Q Kᵀ    P = 2^(c S − L),  c = scale · log2 e,  L = log2 Σ 2^(c S)    Y = P V
//
//   dP = dY Vᵀ    dS = P ⊙ (dP − D),  D = rowsum(dY ⊙ Y)    dQ = scale dS K    dK = scale dSᵀ Q    dV = Pᵀ dY
//
// Every product reads words (tiles-inl.h) from scratch, where operands lie
//   as rows    [i][d]  summed along d or j
//   turned     [d][j]  one lane a key, summed along d
//   stacked    [i][d]  one lane a column, summed along i (bf16: two rows of i share a word)
#if defined(BANTAM_SIMD_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BANTAM_SIMD_ATTENTION_INL_H_
#undef BANTAM_SIMD_ATTENTION_INL_H_
#else
#define BANTAM_SIMD_ATTENTION_INL_H_
#endif

#include <string.h>

#include "hwy/highway.h"
#include "simd/attention.h"
#include "simd/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

constexpr size_t kBlock = kAttentionBlock, kSquare = kBlock * kBlock;
constexpr float kUnseen = -3e38f;
// Where the diagonal cuts a block, products go strip by strip and leave out what no row of a strip sees.
constexpr size_t kStrip = 2 * kTileRows;

HWY_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
HWY_INLINE size_t blocks_of(size_t n, size_t block) { return (n + block - 1) / block; }

// How elements of type T become words, and the products' results words again.
template <class T>
struct F32Operands : F32Words {
  using Element = T;

  static void fill_row(const T* from, size_t count, float* to, size_t words) {
    map(
        count, to, [](V v) HWY_ATTR { return v; }, from);
    memset(to + count, 0, (words - count) * sizeof(float));
  }
  // 64 rows are stacked as they are.
  static void stack(const float* rows, float* to, size_t padded) {
    if (to != rows) memcpy(to, rows, kBlock * padded * sizeof(float));
  }

  // Into a block [64][64]: two vectors of row i as a row; one of row i and one of row i + 1, stacked.
  static HWY_INLINE void put_row(float* rows, size_t i, size_t j, V x, V y) {
    store(x, rows + i * kBlock + j);
    store(y, rows + i * kBlock + j + lanes());
  }
  static HWY_INLINE void put_stacked(float* stacked, size_t i, size_t j, V x, V y) {
    store(x, stacked + i * kBlock + j);
    store(y, stacked + (i + 1) * kBlock + j);
  }
};

// 64 rows of work, or fewer at the end.
struct RowBlock {
  size_t first, count;
  size_t query[kBlock];  // of each row; the last one's beyond `count`

  RowBlock(const AttentionTask& task, size_t i)
      : first(i), count(smaller(kBlock, task.end * task.group - i)) {
    size_t t = i / task.group, h = i % task.group;
    for (size_t r = 0; r < kBlock; ++r) {
      query[r] = r < count ? t : query[count - 1];
      if (++h == task.group) h = 0, ++t;
    }
  }
  size_t last() const { return query[kBlock - 1]; }
};

// A block of keys as a block of rows sees it.
struct Sight {
  size_t key, width;  // the first key, and how many the last row sees
  size_t window;
  bool masked;  // some row does not see all

  Sight(const AttentionTask& task, const RowBlock& rows, size_t first_key)
      : key(first_key),
        width(smaller(kBlock, rows.last() + 1 - first_key)),
        window(task.window),
        masked(rows.query[0] + 1 < first_key + kBlock ||
               (window != 0 && rows.last() + 1 > window + first_key)) {}
  // Row's keys are [low, high) of 64.
  size_t high(size_t query) const { return query < key ? 0 : smaller(kBlock, query + 1 - key); }
  size_t low(size_t query) const {
    return window == 0 || query + 1 <= window + key ? 0 : smaller(kBlock, query + 1 - window - key);
  }
  HWY_INLINE auto lanes_of(size_t query, size_t j) const {
    const F32Tag d;
    const size_t step = lanes(), from = low(query), to = high(query);
    return hn::AndNot(hn::FirstN(d, from <= j ? 0 : smaller(from - j, step)),
                      hn::FirstN(d, to <= j ? 0 : smaller(to - j, step)));
  }
};

// What a task keeps in scratch, and the steps that both directions share.
template <class Words>
struct Workplace {
  using T = typename Words::Element;
  static constexpr size_t kDepth = Words::kDepth;
  static constexpr size_t kRowOfBlock = kBlock / kDepth;  // words of a row of a block [64][64]

  const AttentionTask& task;
  const size_t padded, words, row_words, vectors, first_key, key_blocks;
  const size_t turned_size, stacked_size;  // of a block
  float* next;

  explicit Workplace(const AttentionTask& t)
      : task(t),
        padded(attention_padded_width(t.width)),
        words(blocks_of(t.width, kDepth)),
        row_words(padded / kDepth),
        vectors(blocks_of(t.width, lanes())),
        first_key(attention_first_key(t)),
        key_blocks(blocks_of(t.end - first_key, kBlock)),
        turned_size(row_words * kBlock),
        stacked_size(kBlock / kDepth * padded),
        next(t.scratch) {}

  float* take(size_t count) {
    float* const p = next;
    next += count;
    return p;
  }
  // Whole vectors of keys; two share a row's words in bf16.
  size_t key_vectors(size_t keys) const { return blocks_of(keys, kDepth * lanes()) * kDepth; }

  // `count` rows of a matrix with `group` heads, from row of work `first` on, as 64 rows; zeros past the
  // last.
  void fill_rows(const void* matrix, size_t stride, size_t group, size_t first, size_t count,
                 float* rows) const {
    const T* from = static_cast<const T*>(matrix) + first / group * stride;
    size_t h = first % group;
    for (size_t r = 0; r < count; ++r) {
      Words::fill_row(from + h * task.width, task.width, rows + r * row_words, row_words);
      if (++h == group) h = 0, from += stride;
    }
    memset(rows + count * row_words, 0, (kBlock - count) * row_words * sizeof(float));
  }
  // The task's keys (or values), all blocks, turned and stacked as asked; `rows` is room for one block.
  void pack(const void* matrix, size_t stride, float* rows, float* turned, float* stacked) const {
    for (size_t n = 0; n < key_blocks; ++n) {
      const size_t key = first_key + n * kBlock;
      fill_rows(matrix, stride, 1, key, smaller(kBlock, task.end - key), rows);
      if (turned != nullptr)
        turn(rows, row_words, kBlock, row_words,
             [&](size_t w, size_t r, V v) HWY_ATTR { store(v, turned + n * turned_size + w * kBlock + r); });
      if (stacked != nullptr) Words::stack(rows, stacked + n * stacked_size, padded);
    }
  }
  // f(n, sight) for the blocks of keys that the rows see.
  template <class F>
  HWY_INLINE void each_key_block(const RowBlock& rows, F f) const {
    const size_t t = rows.query[0];
    const size_t earliest = task.window == 0 || t + 1 < task.window ? 0 : t + 1 - task.window;
    for (size_t n = earliest < first_key ? 0 : (earliest - first_key) / kBlock;
         n < key_blocks && first_key + n * kBlock <= rows.last(); ++n)
      f(n, Sight(task, rows, first_key + n * kBlock));
  }
  // f(row, rows, keys that the last of them sees) for strips of rows.
  template <class F>
  HWY_INLINE void each_strip(const RowBlock& rows, const Sight& sight, F f) const {
    if (!sight.masked) return f(size_t{0}, rows.count, kBlock);
    for (size_t r = 0; r < rows.count; r += kStrip) {
      const size_t count = smaller(kStrip, rows.count - r), high = sight.high(rows.query[r + count - 1]);
      if (high > 0) f(r, count, high);
    }
  }

  // to = A Bᵀ, one lane a key.
  void multiply_turned(const RowBlock& rows, const Sight& sight, const float* a, const float* turned,
                       float* to) const {
    each_strip(rows, sight, [&](size_t r, size_t count, size_t keys) {
      multiply<Words>({a + r * row_words, row_words, 1, turned, kBlock, to + r * kBlock, kBlock, count,
                       key_vectors(keys), words, false});
    });
  }
  // to += A B, summed along keys; a: a block as rows.
  void add_along_keys(const RowBlock& rows, const Sight& sight, const float* a, const float* stacked,
                      float* to) const {
    each_strip(rows, sight, [&](size_t r, size_t count, size_t keys) {
      multiply<Words>({a + r * kRowOfBlock, kRowOfBlock, 1, stacked, padded, to + r * padded, padded, count,
                       vectors, blocks_of(keys, kDepth), true});
    });
  }
  // to += Aᵀ B, summed along rows; a: a block, stacked.
  void add_along_rows(const RowBlock& rows, const Sight& sight, const float* a, const float* stacked,
                      float* to) const {
    const size_t depth = blocks_of(rows.count, kDepth), strip = sight.masked ? kStrip : kBlock;
    for (size_t j = 0, r = 0; j < sight.width; j += strip) {
      while (rows.query[r] < sight.key + j) ++r;  // the first row that sees a key of the strip
      const size_t skipped = r / kDepth;
      multiply<Words>({a + skipped * kBlock + j, 1, kBlock, stacked + skipped * padded, padded,
                       to + j * padded, padded, smaller(strip, sight.width - j), vectors, depth - skipped,
                       true});
    }
  }
};

// One block of rows on the way forward: the largest score so far (times c), Σ p by lanes, Σ p v.
struct Running {
  float *top, *sums, *y;
};

// Largest score of each row of a block; unseen ones are overwritten.
template <bool kMasked>
void row_tops(const RowBlock& rows, const Sight& sight, size_t width, float* scores, float* tops) {
  for (size_t r = 0; r < rows.count; ++r) {
    float* row = scores + r * kBlock;
    V top = set(kUnseen);
    for (size_t j = 0; j < width; j += lanes()) {
      V x = load(row + j);
      if (kMasked) {
        x = hn::IfThenElse(sight.lanes_of(rows.query[r], j), x, set(kUnseen));
        store(x, row + j);
      }
      top = hn::Max(top, x);
    }
    tops[r] = max_lane(top);
  }
}

// P of a block from its scores, and what was summed before scaled down to the new tops.
template <class Words, bool kMasked>
void probabilities(const Workplace<Words>& w, const RowBlock& rows, const Sight& sight, size_t width,
                   const float* scores, const float* shrink, float* p, const Running& run) {
  const size_t step = lanes();
  const V c = set(w.task.scale * 1.44269504f);
  for (size_t r = 0; r < rows.count; ++r) {
    const float* row = scores + r * kBlock;
    const V top = set(run.top[r]), scale = set(shrink[r]);
    V sum = hn::Mul(load(run.sums + r * 16), scale);
    for (size_t j = 0; j < width; j += 2 * step) {
      V p0 = exp2(hn::MulSub(load(row + j), c, top)), p1 = exp2(hn::MulSub(load(row + j + step), c, top));
      if (kMasked) {
        p0 = hn::IfThenElseZero(sight.lanes_of(rows.query[r], j), p0);
        p1 = hn::IfThenElseZero(sight.lanes_of(rows.query[r], j + step), p1);
      }
      sum = hn::Add(sum, hn::Add(p0, p1));
      Words::put_row(p, r, j, p0, p1);
    }
    store(sum, run.sums + r * 16);
    if (shrink[r] == 1.0f) continue;
    for (size_t v = 0; v < w.vectors; ++v) {
      float* y = run.y + r * w.padded + v * step;
      store(hn::Mul(load(y), scale), y);
    }
  }
}

template <class Words>
void forward_task(const AttentionForward& task) {
  using T = typename Words::Element;
  const size_t group = task.group, width = task.width, pair = 2 * lanes();
  Workplace<Words> w(task);
  float *keys = w.take(w.key_blocks * w.turned_size), *values = w.take(w.key_blocks * w.stacked_size);
  float *q = w.take(kBlock * w.row_words), *scores = w.take(kSquare), *p = w.take(kSquare);
  const Running run{w.take(kBlock), w.take(kBlock * 16), w.take(kBlock * w.padded)};
  float *tops = w.take(kBlock), *shrink = w.take(kBlock);
  w.pack(task.k, task.k_stride, q, keys, nullptr);
  w.pack(task.v, task.v_stride, q, nullptr, values);
  for (size_t i = task.begin * group; i < task.end * group; i += kBlock) {
    const RowBlock rows(task, i);
    w.fill_rows(task.q, task.q_stride, group, i, rows.count, q);
    memset(run.sums, 0, kBlock * 16 * sizeof(float));
    memset(run.y, 0, kBlock * w.padded * sizeof(float));
    for (size_t r = 0; r < kBlock; ++r) run.top[r] = tops[r] = kUnseen;
    w.each_key_block(rows, [&](size_t n, const Sight& sight) HWY_ATTR {
      const size_t seen = blocks_of(sight.width, pair) * pair;
      w.multiply_turned(rows, sight, q, keys + n * w.turned_size, scores);
      sight.masked ? row_tops<true>(rows, sight, seen, scores, tops)
                   : row_tops<false>(rows, sight, seen, scores, tops);
      for (size_t r = 0; r < kBlock; r += lanes()) {
        const V before = load(run.top + r);
        const V now = hn::Max(before, hn::Mul(load(tops + r), set(task.scale * 1.44269504f)));
        store(exp2(hn::Sub(before, now)), shrink + r);
        store(now, run.top + r);
      }
      sight.masked ? probabilities<Words, true>(w, rows, sight, seen, scores, shrink, p, run)
                   : probabilities<Words, false>(w, rows, sight, seen, scores, shrink, p, run);
      w.add_along_keys(rows, sight, p, values + n * w.stacked_size, run.y);
    });
    for (size_t r = 0; r < rows.count; ++r) {
      const size_t t = rows.query[r], h = i + r - t * group;
      const float sum = sum_lanes(load(run.sums + r * 16));
      const V scale = set(1.0f / sum);
      map(
          width, static_cast<T*>(task.y) + t * task.y_stride + h * width,
          [&](V v) HWY_ATTR { return hn::Mul(v, scale); }, static_cast<const float*>(run.y + r * w.padded));
      if (task.row_sums != nullptr)
        task.row_sums[t * task.row_sums_stride + h] = run.top[r] + __builtin_log2f(sum);
    }
  }
}

// Σ dy y of one row of work.
template <class T>
HWY_INLINE float row_product(const AttentionBackward& task, size_t t, size_t h) {
  return sum(
      task.width, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); },
      static_cast<const T*>(task.y) + t * task.y_stride + h * task.width,
      static_cast<const T*>(task.dy) + t * task.dy_stride + h * task.width);
}

// Softmax on the way back: what each row of a block knows of itself, and the elements of P and dS. Behind the mask,
// gradient() sees what element() gave as dS.
template <class Words>
struct SoftmaxBack {
  using T = typename Words::Element;
  struct Element {
    V p, ds;
  };
  const float c;
  float *s, *d;  // L and D of each row

  SoftmaxBack(const AttentionBackward& task, Workplace<Words>& w)
      : c(task.scale * 1.44269504f), s(w.take(kBlock)), d(w.take(kBlock)) {}
  // 0 past the last row.
  void start(const AttentionBackward& task, const RowBlock& rows) {
    memset(s, 0, kBlock * sizeof(float));
    memset(d, 0, kBlock * sizeof(float));
    for (size_t r = 0; r < rows.count; ++r) {
      const size_t t = rows.query[r], h = rows.first + r - t * task.group;
      s[r] = task.row_sums[t * task.row_sums_stride + h];
      d[r] = row_product<T>(task, t, h);
    }
  }
  HWY_INLINE Element element(size_t row, V score, V dp) const {
    const V p = exp2(hn::MulSub(score, set(c), set(s[row])));
    return {p, hn::Mul(p, hn::Sub(dp, set(d[row])))};
  }
  HWY_INLINE V gradient(size_t, V, V ds) { return ds; }
  void end(const AttentionBackward&, const RowBlock&) {}
};

// P and dS of a block: P stacked, dS stacked and as rows (which is the same in f32).
template <class Words, bool kMasked, class Weights>
void gradients_of_scores(Weights& weights, const RowBlock& rows, const Sight& sight, size_t width,
                         const float* scores, const float* dp, float* p_stacked, float* ds_stacked,
                         float* ds_rows) {
  const size_t step = lanes();
  for (size_t r = 0; r < rows.count; r += 2)
    for (size_t j = 0; j < width; j += 2 * step) {
      V p[2][2], ds[2][2];
#pragma GCC unroll 4
      for (size_t e = 0; e < 4; ++e) {
        const size_t row = r + e / 2, at = row * kBlock + j + e % 2 * step;
        V score = load(scores + at);
        auto [p_e, ds_e] = weights.element(row, score, load(dp + at));
        if (kMasked) {
          auto seen = sight.lanes_of(rows.query[row], j + e % 2 * step);
          if (row >= rows.count) seen = hn::FirstN(F32Tag(), 0);
          p_e = hn::IfThenElseZero(seen, p_e);
          ds_e = hn::IfThenElseZero(seen, ds_e);
          score = hn::IfThenElseZero(seen, score);
        }
        p[e / 2][e % 2] = p_e;
        ds[e / 2][e % 2] = weights.gradient(row, score, ds_e);
      }
      for (size_t f = 0; f < 2; ++f) {
        Words::put_stacked(p_stacked, r, j + f * step, p[0][f], p[1][f]);
        Words::put_stacked(ds_stacked, r, j + f * step, ds[0][f], ds[1][f]);
      }
      if (Words::kDepth > 1)
        for (size_t e = 0; e < 2; ++e) Words::put_row(ds_rows, r + e, j, ds[e][0], ds[e][1]);
    }
}

template <class Words, class Weights>
void backward_task(const AttentionBackward& task) {
  using T = typename Words::Element;
  const size_t group = task.group, pair = 2 * lanes();
  Workplace<Words> w(task);
  float *keys = w.take(w.key_blocks * w.turned_size), *values = w.take(w.key_blocks * w.turned_size);
  float* keys_stacked = w.take(w.key_blocks * w.stacked_size);
  float *q = w.take(kBlock * w.row_words), *dy = w.take(kBlock * w.row_words),
        *dq = w.take(kBlock * w.padded);
  float *scores = w.take(kSquare), *dp = w.take(kSquare);
  float *p_stacked = w.take(kSquare), *ds_stacked = w.take(kSquare);
  constexpr bool kApart = Words::kDepth > 1;  // stacked words differ from rows
  float *q_stacked = kApart ? w.take(w.stacked_size) : q, *dy_stacked = kApart ? w.take(w.stacked_size) : dy;
  float* ds_rows = kApart ? w.take(kSquare) : ds_stacked;
  Weights weights(task, w);
  w.pack(task.k, task.k_stride, q, keys, keys_stacked);
  w.pack(task.v, task.v_stride, q, values, nullptr);
  memset(task.dk, 0, w.key_blocks * kBlock * w.padded * sizeof(float));
  memset(task.dv, 0, w.key_blocks * kBlock * w.padded * sizeof(float));
  for (size_t i = task.begin * group; i < task.end * group; i += kBlock) {
    const RowBlock rows(task, i);
    w.fill_rows(task.q, task.q_stride, group, i, rows.count, q);
    w.fill_rows(task.dy, task.dy_stride, group, i, rows.count, dy);
    Words::stack(q, q_stacked, w.padded);
    Words::stack(dy, dy_stacked, w.padded);
    weights.start(task, rows);
    memset(dq, 0, kBlock * w.padded * sizeof(float));
    w.each_key_block(rows, [&](size_t n, const Sight& sight) HWY_ATTR {
      const size_t seen = blocks_of(sight.width, pair) * pair;
      w.multiply_turned(rows, sight, q, keys + n * w.turned_size, scores);
      w.multiply_turned(rows, sight, dy, values + n * w.turned_size, dp);
      const bool masked = sight.masked || rows.count % 2 == 1;
      const auto elements =
          masked ? gradients_of_scores<Words, true, Weights> : gradients_of_scores<Words, false, Weights>;
      elements(weights, rows, sight, seen, scores, dp, p_stacked, ds_stacked, ds_rows);
      w.add_along_keys(rows, sight, ds_rows, keys_stacked + n * w.stacked_size, dq);
      w.add_along_rows(rows, sight, p_stacked, dy_stacked, task.dv + n * kBlock * w.padded);
      w.add_along_rows(rows, sight, ds_stacked, q_stacked, task.dk + n * kBlock * w.padded);
    });
    weights.end(task, rows);
    if (task.dq == nullptr) continue;
    const V scale = set(task.scale);
    for (size_t r = 0; r < rows.count; ++r) {
      const size_t t = rows.query[r], h = i + r - t * group;
      map_into(
          task.width, static_cast<T*>(task.dq) + t * task.dq_stride + h * task.width, task.add_dq,
          [&](V v) HWY_ATTR { return hn::Mul(v, scale); }, static_cast<const float*>(dq + r * w.padded));
    }
  }
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
