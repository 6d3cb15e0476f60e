#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/threads.h"
#include "ops/attention.h"
#include "tensor/kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/attention_over.cpp"
#include "simd/foreach_target.h"
// After it: products of blocks in cache.
#include "simd/tiles-inl.h"

#ifndef BANTAM_OPS_ATTENTION_OVER_ONCE
#define BANTAM_OPS_ATTENTION_OVER_ONCE
namespace bantam {
namespace {

// Keys of a span, counted from position 0; keys that are turned at a time; rows of work of a task.
constexpr size_t kSpan = 256, kTurn = 64, kRows = 64;

// Queries of one sequence that share a key/value head. Row of work i = query · group + head of the group.
struct Rows {
  ConstMat q;             // the sequence's queries, at the group's first head
  ConstMat keys, values;  // at the key/value head
  size_t first_key;       // position of keys' first row
  size_t position;        // of the first query
  size_t group, width, window;
  float scale;
  size_t begin, end;  // rows of work, at most kRows

  size_t count() const { return end - begin; }
  size_t query_position(size_t i) const { return position + i / group; }
  size_t earliest(size_t query) const { return window == 0 || query + 1 < window ? 0 : query + 1 - window; }
  size_t first_span() const { return earliest(query_position(begin)) / kSpan; }
  size_t end_span() const { return query_position(end - 1) / kSpan + 1; }
};

// A span of keys as the rows see it: row r sees [low[r], high[r]) of it.
struct Sight {
  size_t first;  // position of the span's first key
  size_t low[kRows], high[kRows];
  size_t lowest, highest = 0;

  Sight(const Rows& w, size_t span) : first(span * kSpan) {
    size_t t = w.query_position(w.begin), h = w.begin % w.group;
    const auto within = [&](size_t p) { return std::clamp(p, first, first + kSpan) - first; };
    lowest = within(w.earliest(t));
    for (size_t r = 0; r < w.count(); ++r) {
      low[r] = within(w.earliest(t));
      high[r] = highest = within(t + 1);
      if (++h == w.group) h = 0, ++t;
    }
  }
};

size_t padded_width(size_t width) { return (width + 15) / 16 * 16; }

// Softmax over some keys: rows of Σ p v, with p = 2^(score − top) and Σ p. A row that saw no key has sum 0.
struct Partial {
  float *y, *top, *sum;
  static size_t size(size_t width) { return kRows * (padded_width(width) + 2); }
  Partial(float* memory, size_t width) : y(memory), top(y + kRows * padded_width(width)), sum(top + kRows) {}
};

// What one span needs in cache.
struct Workplace {
  float *staged, *turned, *values, *scores;
  static size_t size(size_t width) { return padded_width(width) * (16 + kTurn + kSpan) + kRows * kSpan; }
  Workplace(float* memory, size_t width)
      : staged(memory),
        turned(staged + 16 * padded_width(width)),
        values(turned + kTurn * padded_width(width)),
        scores(values + kSpan * padded_width(width)) {}
};

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// One row in f32, zeros up to the padded width.
template <class T>
HWY_INLINE void widen(const T* from, size_t width, float* to) {
  map(
      width, to, [](V v) HWY_ATTR { return v; }, from);
  for (size_t d = width; d < padded_width(width); ++d) to[d] = 0;
}

void fill_queries(const Rows& w, float* to) {
  dispatch(w.q.dtype, [&]<class T>() {
    for (size_t i = w.begin; i < w.end; ++i, to += padded_width(w.width))
      widen(w.q.row<T>(i / w.group) + i % w.group * w.width, w.width, to);
  });
}

// lanes() keys from position `key` on, turned to one lane a key: to[d][lane]. Positions that are not kept are
// zero.
template <class T>
HWY_INLINE void turn_keys(const Rows& w, size_t key, float* staged, float* to) {
  constexpr size_t kPerWord = sizeof(float) / sizeof(T);
  const size_t row = key - w.first_key, row_bytes = w.width * sizeof(T);
  const float* from = nullptr;
  size_t stride = w.keys.stride / kPerWord;
  const bool kept = key >= w.first_key && row + lanes() <= w.keys.rows;
  if (kept && w.width % (4 * kPerWord) == 0 && w.keys.stride % kPerWord == 0) {
    from = reinterpret_cast<const float*>(w.keys.row<T>(row));
  } else {
    stride = padded_width(w.width);
    for (size_t n = 0; n < lanes(); ++n) {
      float* words = staged + n * stride;
      std::memset(words, 0, stride * sizeof(float));
      if (key + n >= w.first_key && row + n < w.keys.rows)
        std::memcpy(words, w.keys.row<T>(row + n), row_bytes);
    }
    from = staged;
  }
  const size_t words = (w.width + 4 * kPerWord - 1) / (4 * kPerWord) * 4;
  turn(from, stride, lanes(), words, [&](size_t d, size_t, V v) HWY_ATTR {
    if constexpr (kPerWord == 1) {
      store(v, to + d * kTurn);
    } else {
      const auto pair = hn::BitCast(U32Tag(), v);
      store(hn::BitCast(F32Tag(), hn::ShiftLeft<16>(pair)), to + 2 * d * kTurn);
      store(hn::BitCast(F32Tag(), hn::And(pair, hn::Set(U32Tag(), 0xffff0000u))), to + (2 * d + 1) * kTurn);
    }
  });
}

// Scores of a span's keys that some row sees: scores[r][key].
void score_keys(const Rows& w, const float* queries, const Sight& sight, const Workplace& at) {
  const size_t step = lanes(), padded = padded_width(w.width);
  for (size_t j = sight.lowest / step * step; j < sight.highest; j = (j / kTurn + 1) * kTurn) {
    const size_t vectors = (std::min(sight.highest, (j / kTurn + 1) * kTurn) - j + step - 1) / step;
    dispatch(w.keys.dtype, [&]<class T>() {
      for (size_t n = 0; n < vectors; ++n)
        turn_keys<T>(w, sight.first + j + n * step, at.staged, at.turned + n * step);
    });
    multiply<F32Words>(
        {queries, padded, 1, at.turned, kTurn, at.scores + j, kSpan, w.count(), vectors, w.width, false});
  }
}

// p of the keys that row r sees from its scores, in place; the vectors at the ends hold zeros besides.
HWY_INLINE void softmax(size_t low, size_t high, float scale, float* row, float* top, float* sum) {
  const F32Tag d;
  const size_t step = lanes(), begin = low / step * step;
  const V c = set(scale * 1.44269504f);
  const auto whole = [&](size_t j) { return j >= low && j + step <= high; };
  const auto seen = [&](size_t j) HWY_ATTR {
    return hn::AndNot(hn::FirstN(d, low <= j ? 0 : low - j), hn::FirstN(d, std::min(high - j, step)));
  };
  V most = set(-3e38f);
  for (size_t j = begin; j < high; j += step) {
    V x = hn::Mul(load(row + j), c);
    if (!whole(j)) x = hn::IfThenElse(seen(j), x, set(-3e38f));
    store(x, row + j);
    most = hn::Max(most, x);
  }
  *top = max_lane(most);
  most = set(*top);
  V total = zero();
  for (size_t j = begin; j < high; j += step) {
    V p = exp2(hn::Sub(load(row + j), most));
    if (!whole(j)) p = hn::IfThenElseZero(seen(j), p);
    store(p, row + j);
    total = hn::Add(total, p);
  }
  *sum = sum_lanes(total);
}

// y[r] = Σ_j p[r][j] v[j] over what row r sees, for the rows [r, r + count): together where all see the same,
// so that no row ever touches a value that it does not see. value(j): where row j of the span's values lies.
template <class T, class Value>
void add_values(const Rows& w, const Sight& sight, size_t r, size_t count, const float* p, Value value,
                size_t stride, float* y) {
  const size_t padded = padded_width(w.width), vectors = (w.width + lanes() - 1) / lanes();
  // Rows are in the order of their queries, so the last one's window starts last and the first one's end
  // comes first.
  const size_t low = sight.low[r + count - 1], high = std::max(low, sight.high[r]);
  const auto add = [&](size_t row, size_t rows, size_t from, size_t to) {
    if (from < to)
      multiply<F32Words, T>({p + row * kSpan + from, kSpan, 1, value(from), stride, y + row * padded, padded,
                             rows, vectors, to - from, true});
  };
  for (size_t i = r; i < r + count; ++i) add(i, 1, sight.low[i], std::min(low, sight.high[i]));
  add(r, count, low, high);
  for (size_t i = r; i < r + count; ++i) add(i, 1, std::max(high, sight.low[i]), sight.high[i]);
}

// Few rows read the values where they are; many have them widened and laid side by side first.
void add_values(const Rows& w, const Sight& sight, const Workplace& at, float* y) {
  const size_t padded = padded_width(w.width);
  const bool in_place = w.count() <= 2 * kTileRows && w.width % lanes() == 0;
  dispatch(w.values.dtype, [&]<class T>() {
    const auto kept = [&](size_t j) { return w.values.row<T>(sight.first + j - w.first_key); };
    if (!in_place)
      for (size_t j = sight.lowest; j < sight.highest; ++j) widen(kept(j), w.width, at.values + j * padded);
    for (size_t r = 0; r < w.count(); r += kTileRows) {
      const size_t count = std::min<size_t>(kTileRows, w.count() - r);
      if (in_place)
        add_values<T>(w, sight, r, count, at.scores, kept, w.values.stride, y);
      else
        add_values<float>(
            w, sight, r, count, at.scores, [&](size_t j) { return at.values + j * padded; }, padded, y);
    }
  });
}

// The keys of one span. queries: rows in f32.
void attend_span(const Rows& w, const float* queries, size_t span, float* scratch, const Partial& to) {
  const Sight sight(w, span);
  const Workplace at(scratch, w.width);
  score_keys(w, queries, sight, at);
  for (size_t r = 0; r < w.count(); ++r) {
    to.sum[r] = to.top[r] = 0;
    if (sight.low[r] < sight.high[r])
      softmax(sight.low[r], sight.high[r], w.scale, at.scores + r * kSpan, to.top + r, to.sum + r);
  }
  std::memset(to.y, 0, w.count() * padded_width(w.width) * sizeof(float));
  add_values(w, sight, at, to.y);
}

// `to` over more keys: those of `from`, which come later.
void merge(size_t rows, size_t width, const Partial& from, const Partial& to) {
  const size_t padded = padded_width(width);
  for (size_t r = 0; r < rows; ++r) {
    if (from.sum[r] == 0) continue;
    float *y = to.y + r * padded, *more = from.y + r * padded;
    if (to.sum[r] == 0) {
      to.sum[r] = from.sum[r];
      to.top[r] = from.top[r];
      std::memcpy(y, more, padded * sizeof(float));
      continue;
    }
    const float top = std::max(to.top[r], from.top[r]);
    const V share = exp2(set(to.top[r] - top)), more_share = exp2(set(from.top[r] - top));
    to.sum[r] = hn::GetLane(hn::MulAdd(set(to.sum[r]), share, hn::Mul(set(from.sum[r]), more_share)));
    to.top[r] = top;
    map(
        padded, y, [&](V a, V b) HWY_ATTR { return hn::MulAdd(a, share, hn::Mul(b, more_share)); },
        static_cast<const float*>(y), static_cast<const float*>(more));
  }
}

void finish(const Rows& w, const Partial& from, Mat y) {
  const size_t padded = padded_width(w.width);
  dispatch(y.dtype, [&]<class T>() {
    for (size_t i = w.begin; i < w.end; ++i) {
      const V scale = set(1.0f / from.sum[i - w.begin]);
      map(
          w.width, y.row<T>(i / w.group) + i % w.group * w.width,
          [&](V v) HWY_ATTR { return hn::Mul(v, scale); },
          static_cast<const float*>(from.y + (i - w.begin) * padded));
    }
  });
}

// Scratch: the running result, a span's, the queries, and what a span needs.
size_t scratch_size(size_t width) {
  return 2 * Partial::size(width) + kRows * padded_width(width) + Workplace::size(width);
}

// All spans, one after another.
void attend(const Rows& w, float* scratch, Mat y) {
  const Partial total(scratch, w.width), part(scratch + Partial::size(w.width), w.width);
  float* queries = scratch + 2 * Partial::size(w.width);
  fill_queries(w, queries);
  std::memset(total.sum, 0, kRows * sizeof(float));
  for (size_t span = w.first_span(); span < w.end_span(); ++span) {
    attend_span(w, queries, span, queries + kRows * padded_width(w.width), part);
    merge(w.count(), w.width, part, total);
  }
  finish(w, total, y);
}

// One span alone, to be merged later.
void attend_one(const Rows& w, size_t span, float* scratch, float* part) {
  fill_queries(w, scratch);
  attend_span(w, scratch, span, scratch + kRows * padded_width(w.width), Partial(part, w.width));
}
void finish_spans(const Rows& w, float* parts, float* scratch, Mat y) {
  const Partial total(scratch, w.width);
  std::memset(total.sum, 0, kRows * sizeof(float));
  for (size_t span = w.first_span(); span < w.end_span(); ++span, parts += Partial::size(w.width))
    merge(w.count(), w.width, Partial(parts, w.width), total);
  finish(w, total, y);
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(attend);
HWY_EXPORT(scratch_size);
HWY_EXPORT(attend_one);
HWY_EXPORT(finish_spans);

struct Task {
  Rows rows;
  Mat y;
};

std::vector<Task> tasks_of(ConstMat q, std::span<const KeyValueView> past, const AttentionShape& shape,
                           const Segments& segments, Mat y) {
  std::vector<Task> tasks;
  const size_t group = shape.heads / shape.kv_heads, width = shape.head_width;
  for (size_t s = 0; s < segments.size(); ++s)
    for (size_t g = 0; g < shape.kv_heads; ++g) {
      const size_t length = segments[s].length, col = g * group * width;
      Rows rows{q.slice_rows(segments[s].start, length).slice_cols(col, group * width),
                past[s].keys.slice_cols(g * width, width),
                past[s].values.slice_cols(g * width, width),
                past[s].first,
                past[s].first + past[s].keys.rows - length,
                group,
                width,
                shape.window,
                shape.scale,
                0,
                0};
      const Mat to = y.slice_rows(segments[s].start, length).slice_cols(col, group * width);
      for (size_t i = 0; i < length * group; i += kRows) {
        rows.begin = i;
        rows.end = std::min(i + kRows, length * group);
        tasks.push_back({rows, to});
      }
    }
  return tasks;
}

void cpu(ConstMat q, std::span<const KeyValueView> past, const AttentionShape& shape,
         const Segments& segments, Mat y) {
  const std::vector<Task> tasks = tasks_of(q, past, shape, segments, y);
  constexpr size_t kEnough = 8;  // tasks that keep a small team busy without cutting rows into spans
  const size_t part = Partial::size(shape.head_width),
               scratch = HWY_DYNAMIC_DISPATCH(scratch_size)(shape.head_width);
  if (tasks.size() >= kEnough) {
    parallel_for(tasks.size(), [&](size_t n) {
      HWY_DYNAMIC_DISPATCH(attend)(tasks[n].rows, thread_scratch<float>(0, scratch).data(), tasks[n].y);
    });
    return;
  }
  // Few rows: every span is a task. Merged in order, the bits are those of one span after another.
  size_t offsets[kEnough + 1] = {};
  for (size_t n = 0; n < tasks.size(); ++n)
    offsets[n + 1] = offsets[n] + tasks[n].rows.end_span() - tasks[n].rows.first_span();
  const Buffer parts(offsets[tasks.size()] * part * sizeof(float), Device::cpu, BufferUse::scratch);
  float* const base = static_cast<float*>(parts.data());
  parallel_for(offsets[tasks.size()], [&](size_t m) {
    const size_t n = static_cast<size_t>(std::upper_bound(offsets, offsets + tasks.size(), m) - offsets) - 1;
    const Rows& rows = tasks[n].rows;
    HWY_DYNAMIC_DISPATCH(attend_one)
    (rows, rows.first_span() + m - offsets[n], thread_scratch<float>(0, scratch).data(), base + m * part);
  });
  for (size_t n = 0; n < tasks.size(); ++n) HWY_DYNAMIC_DISPATCH(finish_spans)
  (tasks[n].rows, base + offsets[n] * part, thread_scratch<float>(0, scratch).data(), tasks[n].y);
}

double value_at(const ConstMat& m, size_t row, size_t col) {
  if (m.dtype == Dtype::f64) return m.row<double>(row)[col];
  return m.dtype == Dtype::f32 ? m.row<float>(row)[col] : static_cast<float>(m.row<bf16>(row)[col]);
}

void reference(ConstMat q, std::span<const KeyValueView> past, const AttentionShape& shape,
               const Segments& segments, Mat y) {
  const size_t width = shape.head_width;
  for (size_t s = 0; s < segments.size(); ++s)
    for (size_t n = 0; n < segments[s].length; ++n)
      for (size_t h = 0; h < shape.heads; ++h) {
        const size_t t = past[s].first + past[s].keys.rows - segments[s].length + n;
        const size_t from = shape.window == 0 || t + 1 < shape.window ? 0 : t + 1 - shape.window;
        const size_t row = segments[s].start + n, col = h * width,
                     kv_col = h / (shape.heads / shape.kv_heads) * width;
        std::vector<double> p;
        double top = -INFINITY, sum = 0;
        for (size_t j = from; j <= t; ++j) {
          double score = 0;
          for (size_t d = 0; d < width; ++d)
            score += q.row<double>(row)[col + d] * value_at(past[s].keys, j - past[s].first, kv_col + d);
          p.push_back(score * shape.scale);
          top = std::max(top, p.back());
        }
        for (double& x : p) sum += x = std::exp(x - top);
        for (size_t d = 0; d < width; ++d) {
          double total = 0;
          for (size_t j = 0; j < p.size(); ++j)
            total += p[j] * value_at(past[s].values, from + j - past[s].first, kv_col + d);
          y.row<double>(row)[col + d] = total / sum;
        }
      }
}

constinit Kernel<void(ConstMat, std::span<const KeyValueView>, const AttentionShape&, const Segments&, Mat)>
    attention_over_kernel{"attention over memory", cpu, reference};

}  // namespace

Tensor attention_over(const Tensor& q, std::span<const KeyValueView> past, const AttentionShape& shape,
                      const Segments& segments) {
  require(
      shape.kv_heads > 0 && shape.heads % shape.kv_heads == 0 && q.cols() == shape.heads * shape.head_width,
      ErrorCode::invalid, "attention over memory: q has {} columns; {} heads over {} of width {} want {}",
      q.cols(), shape.heads, shape.kv_heads, shape.head_width, shape.heads * shape.head_width);
  require(shape.scale > 0 && std::isfinite(shape.scale), ErrorCode::invalid,
          "attention over memory: scale is {}, wanted above 0", shape.scale);
  require(past.size() == segments.size(), ErrorCode::invalid,
          "attention over memory: {} memories for {} segments", past.size(), segments.size());
  require(!q.needs_gradient(), ErrorCode::unsupported,
          "attention over memory: has no gradient; train with attention(q, k, v)");
  double pairs = 0;
  size_t row = 0;
  for (size_t s = 0; s < past.size(); ++s) {
    const ConstMat &keys = past[s].keys, &values = past[s].values;
    const size_t length = segments[s].length, kv = shape.kv_heads * shape.head_width;
    require(segments[s].start == row && keys.rows >= length && keys.rows == values.rows && keys.cols == kv &&
                values.cols == kv && keys.dtype == values.dtype,
            ErrorCode::invalid,
            "attention over memory: segment {} of {} rows at {} over [{}, {}] keys, [{}, {}] values;"
            " wanted it at row {} and as many columns as {} heads of {}",
            s, length, segments[s].start, keys.rows, keys.cols, values.rows, values.cols, row, shape.kv_heads,
            shape.head_width);
    const size_t needed = shape.window == 0 ? past[s].first + keys.rows : length + shape.window - 1;
    require(past[s].first == 0 || keys.rows >= needed, ErrorCode::invalid,
            "attention over memory: {} rows from position {} on are kept; {} queries with a window of {} see "
            "more",
            keys.rows, past[s].first, length, shape.window);
    row += length;
    for (size_t n = 0; n < length; ++n) {
      const size_t t = past[s].first + keys.rows - length + n + 1;
      pairs += static_cast<double>(shape.window == 0 ? t : std::min(t, shape.window));
    }
  }
  require(row == q.rows(), ErrorCode::invalid, "attention over memory: segments cover {} rows of {}", row,
          q.rows());
  Output y = like(q);
  attention_over_kernel(q.device(), q.mat(), past, shape, segments, y.mat());
  count_flops(q.device(), 4 * pairs * static_cast<double>(q.cols()));
  return constant("decoding: nothing learns", std::move(y));
}

}  // namespace bantam
#endif
