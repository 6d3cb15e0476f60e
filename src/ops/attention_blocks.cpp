#include "ops/attention_blocks.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/threads.h"
#include "simd/attention.h"
#include "tensor/arena.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/attention_blocks.cpp"
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

// At least so many queries a range, and no more ranges of a segment than it takes to have so many tasks.
constexpr size_t kQueries = 512, kTasks = 16;

size_t blocks_of(size_t n, size_t block) { return (n + block - 1) / block; }

// A range of queries of one segment and key/value head. Ranges are a function of the segment and the number
// of heads alone, so that a segment's bits depend neither on its company nor on threads.
struct Range {
  size_t segment, head, begin, end;
  size_t index, count;  // among the ranges of its segment and head
};

std::vector<Range> ranges_of(const AttentionProblem& p) {
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

AttentionTask task_of(const AttentionProblem& p, const Range& r, ConstMat q, ConstMat k, ConstMat v,
                      Mat row_sums) {
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
  task.row_sums = row_sums.data == nullptr ? nullptr : row_sums.row<float>(start) + head;
  task.row_sums_stride = row_sums.stride;
  if (p.alpha.data != nullptr) {
    task.alpha = p.alpha.row<float>(0) + head;
    task.beta = p.beta.row<float>(0) + head;
    task.gamma = p.gamma.row<float>(0) + head;
  }
  return task;
}

// Where in the sums each range's dk begins, its dv as far behind the last offset.
std::vector<size_t> sum_offsets(const AttentionProblem& p, const std::vector<Range>& ranges) {
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

// dk and dv of the keys at a range's own positions: Σ over it and the later ranges that see them.
void write_key_gradients(const AttentionProblem& p, const std::vector<Range>& ranges, size_t n,
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

}  // namespace

double AttentionProblem::pairs() const {
  double sum = 0;
  for (const Segment& s : segments) {
    const double n = static_cast<double>(s.length);
    const double w = shape.window == 0 ? n : static_cast<double>(std::min(shape.window, s.length));
    sum += w * (w + 1) / 2 + (n - w) * w;
  }
  return sum * static_cast<double>(shape.heads);
}

void attention_by_blocks(const AttentionProblem& p, ConstMat q, ConstMat k, ConstMat v, Mat y, Mat row_sums) {
  const std::vector<Range> ranges = ranges_of(p);
  parallel_for(ranges.size(), [&](size_t n) {
    const Range& r = ranges[n];
    AttentionForward task{task_of(p, r, q, k, v, row_sums), nullptr, y.stride};
    task.y = element(y, p.segments[r.segment].start, r.head * p.group() * p.shape.head_width);
    task.scratch = thread_scratch<float>(0, attention_scratch(task, false)).data();
    attention_kernels(task.is_bf16).forward(task);
  });
}

size_t attention_sums_bytes(const AttentionProblem& p) {
  return 2 * sizeof(float) * sum_offsets(p, ranges_of(p)).back();
}

void attention_by_blocks_backward(const AttentionProblem& p, ConstMat q, ConstMat k, ConstMat v, ConstMat y,
                                  Mat row_sums, ConstMat dy, const Buffer& sums, Mat dq, bool add_dq, Mat dk,
                                  bool add_dk, Mat dv, bool add_dv) {
  const std::vector<Range> ranges = ranges_of(p);
  const size_t width = p.shape.head_width;
  std::vector<AttentionBackward> tasks(ranges.size());
  const std::vector<size_t> offsets = sum_offsets(p, ranges);
  std::vector<double> derf_sums(p.dderf == nullptr ? 0 : ranges.size() * 3 * p.group());
  for (size_t n = 0; n < ranges.size(); ++n) {
    const Range& r = ranges[n];
    AttentionBackward& task = tasks[n];
    static_cast<AttentionTask&>(task) = task_of(p, r, q, k, v, row_sums);
    const size_t start = p.segments[r.segment].start, col = r.head * p.group() * width;
    task.y = element(y, start, col);
    task.dy = element(dy, start, col);
    task.y_stride = y.stride;
    task.dy_stride = dy.stride;
    task.dq = dq.data == nullptr ? nullptr : element(dq, start, col);
    task.dq_stride = dq.stride;
    task.add_dq = add_dq;
    task.dderf = p.dderf == nullptr ? nullptr : derf_sums.data() + n * 3 * p.group();
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
  const size_t sums_of_range = 3 * p.group();
  for (size_t n = 0; n < (p.dderf == nullptr ? 0 : ranges.size()); ++n)
    for (size_t i = 0; i < sums_of_range; ++i)
      p.dderf[ranges[n].head * sums_of_range + i] += derf_sums[n * sums_of_range + i];
}

}  // namespace bantam
#endif
