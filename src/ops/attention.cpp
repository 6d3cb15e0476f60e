#include "ops/attention.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/threads.h"
#include "simd/attention.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/attention.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// to[row] = or += scale · Σ_n parts[n], in that order; parts[0] is used up.
void sum_parts(float* const* parts, size_t count, float scale, Mat to, size_t row, bool accumulate) {
  for (size_t n = 1; n < count; ++n)
    map(
        to.cols, parts[0], [](V a, V b) HWY_ATTR { return hn::Add(a, b); },
        static_cast<const float*>(parts[0]), static_cast<const float*>(parts[n]));
  dispatch(to.dtype, [&]<class T>() {
    const V s = set(scale);
    map_into(
        to.cols, to.row<T>(row), accumulate, [&](V v) HWY_ATTR { return hn::Mul(v, s); },
        static_cast<const float*>(parts[0]));
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(sum_parts);

struct Problem {
  AttentionShape shape;
  const Segments& segments;

  size_t group() const { return shape.heads / shape.kv_heads; }
  // Queries and keys that meet, over all segments and heads.
  double pairs() const {
    double sum = 0;
    for (const Segment& s : segments) {
      const double n = static_cast<double>(s.length);
      const double w = shape.window == 0 ? n : static_cast<double>(std::min(shape.window, s.length));
      sum += w * (w + 1) / 2 + (n - w) * w;
    }
    return sum * static_cast<double>(shape.heads);
  }
};

// At least so many queries a range, and no more ranges of a segment than it takes to have so many tasks.
constexpr size_t kQueries = 512, kTasks = 16;

size_t blocks_of(size_t n, size_t block) { return (n + block - 1) / block; }

// A range of queries of one segment and key/value head. Ranges are a function of the segment and the number
// of heads alone, so that a segment's bits depend neither on its company nor on threads.
struct Range {
  size_t segment, head, begin, end;
  size_t index, count;  // among the ranges of its segment and head
};

std::vector<Range> ranges_of(const Problem& p) {
  std::vector<Range> ranges;
  for (size_t s = 0; s < p.segments.size(); ++s) {
    const size_t length = p.segments[s].length;
    const size_t wanted = blocks_of(kTasks, p.shape.kv_heads);
    const size_t count = std::clamp<size_t>(length / kQueries, 1, wanted);
    // Query t costs about t, so ranges of equal cost end at √(n / count) of the length.
    const auto end_of = [&](size_t n) {
      const double share = static_cast<double>(n) / static_cast<double>(count);
      const double at = static_cast<double>(length) * (p.shape.window == 0 ? std::sqrt(share) : share);
      return n == count ? length : static_cast<size_t>(at) / kAttentionBlock * kAttentionBlock;
    };
    for (size_t head = 0; head < p.shape.kv_heads; ++head)
      for (size_t n = 0; n < count; ++n) ranges.push_back({s, head, end_of(n), end_of(n + 1), n, count});
  }
  return ranges;
}

const void* element(const ConstMat& m, size_t row, size_t col) {
  return static_cast<const char*>(m.data) + (row * m.stride + col) * bytes_of(m.dtype);
}
void* element(const Mat& m, size_t row, size_t col) {
  return const_cast<void*>(element(ConstMat(m), row, col));
}

AttentionTask task_of(const Problem& p, const Range& r, ConstMat q, ConstMat k, ConstMat v, Mat log2_sums) {
  const size_t start = p.segments[r.segment].start, width = p.shape.head_width, head = r.head * p.group();
  AttentionTask task{};
  task.q = element(q, start, head * width);
  task.k = element(k, start, r.head * width);
  task.v = element(v, start, r.head * width);
  task.q_stride = q.stride;
  task.k_stride = k.stride;
  task.v_stride = v.stride;
  task.is_bf16 = q.dtype == Dtype::bf16;
  task.group = p.group();
  task.width = width;
  task.window = p.shape.window;
  task.scale = p.shape.scale;
  task.begin = r.begin;
  task.end = r.end;
  task.log2_sums = log2_sums.data == nullptr ? nullptr : log2_sums.row<float>(start) + head;
  task.log2_sums_stride = log2_sums.stride;
  return task;
}

void cpu_forward(const Problem& p, ConstMat q, ConstMat k, ConstMat v, Mat y, Mat log2_sums) {
  const std::vector<Range> ranges = ranges_of(p);
  parallel_for(ranges.size(), [&](size_t n) {
    const Range& r = ranges[n];
    AttentionForward task{task_of(p, r, q, k, v, log2_sums), nullptr, y.stride};
    task.y = element(y, p.segments[r.segment].start, r.head * p.group() * p.shape.head_width);
    task.scratch = thread_scratch<float>(0, attention_scratch(task, false)).data();
    attention_kernels(task.is_bf16).forward(task);
  });
}

// dk and dv of the keys at a range's own positions: Σ over it and the later ranges that see them.
void write_key_gradients(const Problem& p, const std::vector<Range>& ranges, size_t n,
                         const std::vector<AttentionBackward>& tasks, float* AttentionBackward::*sums,
                         float scale, Mat to, bool accumulate) {
  if (to.data == nullptr) return;
  const Range& r = ranges[n];
  const size_t width = p.shape.head_width, padded = attention_padded_width(width);
  const Mat columns = to.slice_cols(r.head * width, width);
  for (size_t key = r.begin; key < r.end; ++key) {
    float* parts[kTasks];
    size_t count = 0;
    for (size_t m = n; m < n + r.count - r.index; ++m) {
      const size_t first = attention_first_key(tasks[m]);
      if (first <= key) parts[count++] = tasks[m].*sums + (key - first) * padded;
    }
    HWY_DYNAMIC_DISPATCH(sum_parts)
    (parts, count, scale, columns, p.segments[r.segment].start + key, accumulate);
  }
}

// Every range has sums of its own for dk and dv, so that ranges do not wait for each other: of dk from
// offset n on, of dv from the last offset on.
std::vector<size_t> sum_offsets(const Problem& p, const std::vector<Range>& ranges) {
  std::vector<size_t> offsets(ranges.size() + 1);
  for (size_t n = 0; n < ranges.size(); ++n) {
    AttentionTask task{};
    task.begin = ranges[n].begin;
    task.window = p.shape.window;
    const size_t keys =
        blocks_of(ranges[n].end - attention_first_key(task), kAttentionBlock) * kAttentionBlock;
    offsets[n + 1] = offsets[n] + keys * attention_padded_width(p.shape.head_width);
  }
  return offsets;
}

void cpu_backward(const Problem& p, ConstMat q, ConstMat k, ConstMat v, ConstMat y, Mat log2_sums,
                  ConstMat dy, const Buffer& sums, Mat dq, bool add_dq, Mat dk, bool add_dk, Mat dv,
                  bool add_dv) {
  const std::vector<Range> ranges = ranges_of(p);
  const size_t width = p.shape.head_width;
  std::vector<AttentionBackward> tasks(ranges.size());
  const std::vector<size_t> offsets = sum_offsets(p, ranges);
  for (size_t n = 0; n < ranges.size(); ++n) {
    const Range& r = ranges[n];
    AttentionBackward& task = tasks[n];
    static_cast<AttentionTask&>(task) = task_of(p, r, q, k, v, log2_sums);
    const size_t start = p.segments[r.segment].start, col = r.head * p.group() * width;
    task.y = element(y, start, col);
    task.dy = element(dy, start, col);
    task.y_stride = y.stride;
    task.dy_stride = dy.stride;
    task.dq = dq.data == nullptr ? nullptr : element(dq, start, col);
    task.dq_stride = dq.stride;
    task.add_dq = add_dq;
    task.dk = static_cast<float*>(sums.data()) + offsets[n];
    task.dv = task.dk + offsets.back();
  }
  parallel_for(ranges.size(), [&](size_t n) {
    AttentionBackward task = tasks[n];
    task.scratch = thread_scratch<float>(0, attention_scratch(task, true)).data();
    attention_kernels(task.is_bf16).backward(task);
  });
  parallel_for(ranges.size(), [&](size_t n) {
    write_key_gradients(p, ranges, n, tasks, &AttentionBackward::dk, p.shape.scale, dk, add_dk);
    write_key_gradients(p, ranges, n, tasks, &AttentionBackward::dv, 1.0f, dv, add_dv);
  });
}

// The reference device: the definition, in f64. Calls f(query row, head, its scores) with scores of the keys
// from `first` on.
template <class F>
void each_query(const Problem& p, ConstMat q, ConstMat k, F f) {
  const size_t width = p.shape.head_width;
  std::vector<double> probabilities;
  for (const Segment& s : p.segments)
    for (size_t t = 0; t < s.length; ++t)
      for (size_t h = 0; h < p.shape.heads; ++h) {
        const size_t first = p.shape.window == 0 || t + 1 < p.shape.window ? 0 : t + 1 - p.shape.window;
        const double* q_K = q.row<double>(s.start + t) + h * width;
        double sum = 0, top = -INFINITY;
        probabilities.clear();
        for (size_t j = first; j <= t; ++j) {
          const double* k_K = k.row<double>(s.start + j) + h / p.group() * width;
          double score = 0;
          for (size_t d = 0; d < width; ++d) score += q_K[d] * k_K[d];
          probabilities.push_back(score * p.shape.scale);
          top = std::max(top, probabilities.back());
        }
        for (double& x : probabilities) sum += x = std::exp(x - top);
        for (double& x : probabilities) x /= sum;
        f(s.start + t, h, s.start + first, std::as_const(probabilities));
      }
}

void reference_forward(const Problem& p, ConstMat q, ConstMat k, ConstMat v, Mat y, Mat) {
  const size_t width = p.shape.head_width;
  each_query(p, q, k, [&](size_t t, size_t h, size_t first, const std::vector<double>& probability) {
    double* y_K = y.row<double>(t) + h * width;
    std::fill(y_K, y_K + width, 0.0);
    for (size_t j = 0; j < probability.size(); ++j)
      for (size_t d = 0; d < width; ++d)
        y_K[d] += probability[j] * v.row<double>(first + j)[h / p.group() * width + d];
  });
}

void reference_backward(const Problem& p, ConstMat q, ConstMat k, ConstMat v, ConstMat y, Mat, ConstMat dy,
                        const Buffer&, Mat dq, bool add_dq, Mat dk, bool add_dk, Mat dv, bool add_dv) {
  const size_t width = p.shape.head_width;
  if (dq.data != nullptr && !add_dq) fill_zero(Device::reference, dq);
  if (dk.data != nullptr && !add_dk) fill_zero(Device::reference, dk);
  if (dv.data != nullptr && !add_dv) fill_zero(Device::reference, dv);
  each_query(p, q, k, [&](size_t t, size_t h, size_t first, const std::vector<double>& probability) {
    const size_t col = h * width, kv_col = h / p.group() * width;
    const double *dy_K = dy.row<double>(t) + col, *y_K = y.row<double>(t) + col;
    double d_sum = 0;
    for (size_t d = 0; d < width; ++d) d_sum += dy_K[d] * y_K[d];
    for (size_t j = 0; j < probability.size(); ++j) {
      double dp = 0;
      for (size_t d = 0; d < width; ++d) dp += dy_K[d] * v.row<double>(first + j)[kv_col + d];
      const double ds = probability[j] * (dp - d_sum) * p.shape.scale;
      for (size_t d = 0; d < width; ++d) {
        if (dq.data != nullptr) dq.row<double>(t)[col + d] += ds * k.row<double>(first + j)[kv_col + d];
        if (dk.data != nullptr) dk.row<double>(first + j)[kv_col + d] += ds * q.row<double>(t)[col + d];
        if (dv.data != nullptr) dv.row<double>(first + j)[kv_col + d] += probability[j] * dy_K[d];
      }
    }
  });
}

constinit Kernel<void(const Problem&, ConstMat, ConstMat, ConstMat, Mat, Mat)> attention_kernel{
    "attention", cpu_forward, reference_forward};
constinit Kernel<void(const Problem&, ConstMat, ConstMat, ConstMat, ConstMat, Mat, ConstMat, const Buffer&,
                      Mat, bool, Mat, bool, Mat, bool)>
    attention_backward{"attention backward", cpu_backward, reference_backward};

void check(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionShape& s,
           const Segments& segments) {
  require(s.kv_heads > 0 && s.heads % s.kv_heads == 0 && s.head_width > 0, ErrorCode::invalid,
          "attention: {} heads of width {} over {} key/value heads; wanted a multiple of them", s.heads,
          s.head_width, s.kv_heads);
  require(s.scale > 0 && std::isfinite(s.scale), ErrorCode::invalid, "attention: scale is {}, wanted above 0",
          s.scale);
  require(q.cols() == s.heads * s.head_width && k.cols() == s.kv_heads * s.head_width && v.cols() == k.cols(),
          ErrorCode::invalid, "attention: q, k, v have {}, {}, {} columns; wanted {}, {}, {}", q.cols(),
          k.cols(), v.cols(), s.heads * s.head_width, s.kv_heads * s.head_width, s.kv_heads * s.head_width);
  require(k.rows() == q.rows() && v.rows() == q.rows() && k.dtype() == q.dtype() && v.dtype() == q.dtype(),
          ErrorCode::invalid, "attention: q is {} rows of {}, k {} of {}, v {} of {}; wanted the same",
          q.rows(), name_of(q.dtype()), k.rows(), name_of(k.dtype()), v.rows(), name_of(v.dtype()));
  size_t row = 0;
  for (const Segment& segment : segments) {
    require(segment.start == row, ErrorCode::invalid, "attention: a segment starts at row {}, wanted {}",
            segment.start, row);
    row += segment.length;
  }
  require(row == q.rows(), ErrorCode::invalid, "attention: segments cover {} rows of {}", row, q.rows());
}

}  // namespace

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionShape& shape,
                 const Segments& segments) {
  check(q, k, v, shape, segments);
  const Device device = q.device();
  const Problem problem{shape, segments};
  const bool learns = q.needs_gradient() || k.needs_gradient() || v.needs_gradient();
  Output y = like(q);
  Output log2_sums =
      learns && device != Device::reference ? Output(q.rows(), shape.heads, Dtype::f32, device) : Output();
  attention_kernel(device, problem, q.mat(), k.mat(), v.mat(), y.mat(), log2_sums.mat());
  // Two products over the pairs forward, five on the way back.
  const double flops = 2 * problem.pairs() * static_cast<double>(shape.head_width);
  count_flops(device, 2 * flops);
  if (!learns) return record("attention", std::move(y), {&q, &k, &v}, {});
  const Tensor result = constant("the result, for the way back", y);
  return record(
      "attention", std::move(y), {&q, &k, &v},
      [q, k, v, shape, segments, result, log2_sums, flops](Sink& sink, const Tensor& dy) {
        const GradientTarget dq = sink.into_wanted(q), dk = sink.into_wanted(k), dv = sink.into_wanted(v);
        const Problem problem{shape, segments};
        const Buffer sums(2 * sizeof(float) * sum_offsets(problem, ranges_of(problem)).back(), dy.device());
        attention_backward(dy.device(), problem, q.mat(), k.mat(), v.mat(), result.mat(), log2_sums.mat(),
                           dy.mat(), sums, dq.mat, dq.accumulate, dk.mat, dk.accumulate, dv.mat,
                           dv.accumulate);
        count_flops(dy.device(), 5 * flops);
      });
}

}  // namespace bantam
#endif
