#include "ops/derf_attention.h"

#include <cmath>

#include "base/threads.h"
#include "ops/attention_blocks.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/derf_attention.cpp"
#include "simd/foreach_target.h"

#ifndef BANTAM_OPS_DERF_ATTENTION_ONCE
#define BANTAM_OPS_DERF_ATTENTION_ONCE
namespace bantam {
namespace {

constexpr double kSmallest = 1e-8;
constexpr size_t kQueriesPerTask = 16;

struct DerfMats {
  ConstMat alpha, beta, gamma;
};
// Queries [start, start + length) of q are the last positions of the keys and values.
struct DerfSegment {
  size_t start, length;
  ConstMat keys, values;
  size_t seen_by(size_t i) const { return keys.rows - length + i + 1; }
};
using DerfSegments = std::vector<DerfSegment>;

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// Scores of one query over its keys, then the weights a.
template <class X>
HWY_INLINE void scores_of(const X* q_K, const DerfSegment& s, size_t seen, size_t at, size_t width,
                          float scale, float* scores) {
  for (size_t j = 0; j < seen; ++j)
    scores[j] =
        scale * sum(
                    width, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); }, q_K, s.keys.row<X>(j) + at);
}

HWY_INLINE void weights_of(const float* scores, size_t seen, float alpha, float beta, float gamma, float* a) {
  const V al = set(alpha), be = set(beta), half = set(0.5f * gamma);
  map(
      seen, a, [&](V s) HWY_ATTR { return hn::Mul(half, hn::Add(set(1.0f), erf(hn::MulAdd(al, s, be)))); },
      scores);
}

HWY_INLINE float total_of(const float* a, size_t seen) {
  float total = static_cast<float>(kSmallest);
  for (size_t j = 0; j < seen; ++j) total += a[j];  // one order, however the sequence is cut
  return total;
}

void forward(ConstMat q, const DerfSegments& segments, const DerfMats& derf, const AttentionShape& shape,
             Mat y) {
  const size_t width = shape.head_width, group = shape.heads / shape.kv_heads;
  std::vector<std::pair<size_t, size_t>> tasks;  // segment, first query
  for (size_t s = 0; s < segments.size(); ++s)
    for (size_t i = 0; i < segments[s].length; i += kQueriesPerTask) tasks.emplace_back(s, i);
  dispatch(q.dtype, [&]<class X>() {
    parallel_for(tasks.size() * shape.heads, [&](size_t task) HWY_ATTR {
      const auto [index, first] = tasks[task / shape.heads];
      const size_t h = task % shape.heads, at = h / group * width;
      const DerfSegment& s = segments[index];
      const float alpha = derf.alpha.row<float>(0)[h], beta = derf.beta.row<float>(0)[h];
      const float gamma = derf.gamma.row<float>(0)[h];
      float* scratch = thread_scratch<float>(0, s.keys.rows + width).data();
      float* y_K = scratch + s.keys.rows;
      for (size_t i = first; i < std::min(first + kQueriesPerTask, s.length); ++i) {
        const size_t seen = s.seen_by(i);
        scores_of(q.row<X>(s.start + i) + h * width, s, seen, at, width, shape.scale, scratch);
        weights_of(scratch, seen, alpha, beta, gamma, scratch);
        const V over = set(1 / total_of(scratch, seen));
        std::fill_n(y_K, width, 0.0f);
        for (size_t j = 0; j < seen; ++j)
          map(
              width, y_K, [w = set(scratch[j])](V sum, V v) HWY_ATTR { return hn::MulAdd(w, v, sum); },
              static_cast<const float*>(y_K), s.values.row<X>(j) + at);
        map(
            width, y.row<X>(s.start + i) + h * width, [&](V v) HWY_ATTR { return hn::Mul(v, over); },
            static_cast<const float*>(y_K));
      }
    });
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(forward);

namespace reference {

struct Row {
  std::vector<double> scores, a;
  double total = kSmallest;
};

Row row_of(ConstMat q, const DerfSegment& s, size_t i, size_t h, const DerfMats& derf,
           const AttentionShape& shape) {
  Row row;
  const size_t at = h / (shape.heads / shape.kv_heads) * shape.head_width;
  for (size_t j = 0; j < s.seen_by(i); ++j) {
    double dot = 0;
    for (size_t c = 0; c < shape.head_width; ++c)
      dot += q.row<double>(s.start + i)[h * shape.head_width + c] * s.keys.row<double>(j)[at + c];
    row.scores.push_back(dot * static_cast<double>(shape.scale));
    const double e = derf.alpha.row<double>(0)[h] * row.scores[j] + derf.beta.row<double>(0)[h];
    row.a.push_back(0.5 * derf.gamma.row<double>(0)[h] * std::erfc(-e));
    row.total += row.a[j];
  }
  return row;
}

template <class F>
void each_query(const DerfSegments& segments, const AttentionShape& shape, F f) {
  for (const DerfSegment& s : segments)
    for (size_t i = 0; i < s.length; ++i)
      for (size_t h = 0; h < shape.heads; ++h) f(s, i, h);
}

void forward(ConstMat q, const DerfSegments& segments, const DerfMats& derf, const AttentionShape& shape,
             Mat y) {
  each_query(segments, shape, [&](const DerfSegment& s, size_t i, size_t h) {
    const Row row = row_of(q, s, i, h, derf, shape);
    const size_t width = shape.head_width, at = h / (shape.heads / shape.kv_heads) * width;
    for (size_t c = 0; c < width; ++c) {
      double total = 0;
      for (size_t j = 0; j < row.a.size(); ++j) total += row.a[j] * s.values.row<double>(j)[at + c];
      y.row<double>(s.start + i)[h * width + c] = total / row.total;
    }
  });
}

void backward(ConstMat d, ConstMat q, ConstMat y, const DerfSegments& segments, const DerfMats& derf,
              const AttentionShape& shape, Mat dq, bool add_dq, Mat dk, bool add_dk, Mat dv, bool add_dv,
              double* dderf) {
  for (const auto& [mat, add] : {std::pair(dq, add_dq), std::pair(dk, add_dk), std::pair(dv, add_dv)})
    if (mat.data != nullptr && !add) fill_zero(Device::reference, mat);
  const size_t width = shape.head_width;
  each_query(segments, shape, [&](const DerfSegment& s, size_t i, size_t h) {
    const Row row = row_of(q, s, i, h, derf, shape);
    const size_t t = s.start + i, own = h * width, at = h / (shape.heads / shape.kv_heads) * width;
    const double alpha = derf.alpha.row<double>(0)[h], beta = derf.beta.row<double>(0)[h];
    const double gamma = derf.gamma.row<double>(0)[h];
    double* dd = dderf + h * 3;
    for (size_t c = 0; c < width && gamma != 0; ++c)
      dd[2] += d.row<double>(t)[own + c] * y.row<double>(t)[own + c] * kSmallest / (gamma * row.total);
    for (size_t j = 0; j < row.a.size(); ++j) {
      double da = 0;
      for (size_t c = 0; c < width; ++c)
        da += d.row<double>(t)[own + c] * (s.values.row<double>(j)[at + c] - y.row<double>(t)[own + c]) /
              row.total;
      const double e = alpha * row.scores[j] + beta;
      const double slope = da * gamma * std::exp(-e * e) / std::sqrt(M_PI);
      dd[0] += slope * row.scores[j];
      dd[1] += slope;
      const double by = static_cast<double>(shape.scale) * alpha * slope;
      for (size_t c = 0; c < width; ++c) {
        if (dq.data != nullptr) dq.row<double>(t)[own + c] += by * s.keys.row<double>(j)[at + c];
        if (dk.data != nullptr) dk.row<double>(s.start + j)[at + c] += by * q.row<double>(t)[own + c];
        if (dv.data != nullptr)
          dv.row<double>(s.start + j)[at + c] += row.a[j] / row.total * d.row<double>(t)[own + c];
      }
    }
  });
}

}  // namespace reference

// The segments of a pass as the kernels know them.
DerfSegments cut(const Segments& segments, ConstMat k, ConstMat v) {
  DerfSegments list;
  for (const auto& [start, length] : segments)
    list.push_back({start, length, k.slice_rows(start, length), v.slice_rows(start, length)});
  return list;
}

void cpu_forward(ConstMat q, ConstMat k, ConstMat v, const Segments& segments, const DerfMats& derf,
                 const AttentionShape& shape, Mat y, Mat row_sums) {
  attention_by_blocks({shape, segments, derf.alpha, derf.beta, derf.gamma}, q, k, v, y, row_sums);
}

void cpu_backward(ConstMat d, ConstMat q, ConstMat k, ConstMat v, ConstMat y, Mat row_sums,
                  const Buffer& sums, const Segments& segments, const DerfMats& derf,
                  const AttentionShape& shape, Mat dq, bool add_dq, Mat dk, bool add_dk, Mat dv, bool add_dv,
                  double* dderf) {
  attention_by_blocks_backward({shape, segments, derf.alpha, derf.beta, derf.gamma, dderf}, q, k, v, y,
                               row_sums, d, sums, dq, add_dq, dk, add_dk, dv, add_dv);
}

constinit Kernel<void(ConstMat, ConstMat, ConstMat, const Segments&, const DerfMats&, const AttentionShape&,
                      Mat, Mat)>
    derf_kernel{"derf_attention", cpu_forward,
                [](ConstMat q, ConstMat k, ConstMat v, const Segments& segments, const DerfMats& derf,
                   const AttentionShape& shape, Mat y,
                   Mat) { reference::forward(q, cut(segments, k, v), derf, shape, y); }};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, ConstMat, ConstMat, Mat, const Buffer&, const Segments&,
                      const DerfMats&, const AttentionShape&, Mat, bool, Mat, bool, Mat, bool, double*)>
    derf_backward_kernel{"derf_attention backward", cpu_backward,
                         [](ConstMat d, ConstMat q, ConstMat k, ConstMat v, ConstMat y, Mat, const Buffer&,
                            const Segments& segments,
                            auto... rest) { reference::backward(d, q, y, cut(segments, k, v), rest...); }};
constinit Kernel<void(ConstMat, const DerfSegments&, const DerfMats&, const AttentionShape&, Mat)>
    derf_over_kernel{"derf_attention_over", BANTAM_DISPATCH(forward), reference::forward};

DerfMats mats_of(const DerfWeights& w) {
  return {w.alpha->master.mat(), w.beta->master.mat(), w.gamma->master.mat()};
}

void require_fit(const Tensor& q, const DerfWeights& derf, const AttentionShape& shape) {
  require(
      q.cols() == shape.heads * shape.head_width && derf.alpha->count() == shape.heads && shape.window == 0,
      ErrorCode::invalid, "derf_attention: {} columns in {} heads of {}, window {}", q.cols(), shape.heads,
      shape.head_width, shape.window);
}

void add_gradient(Sink& sink, Weight& weight, const std::vector<double>& sums, size_t which, Device device) {
  if (!weight.trains()) return;
  const GradientTarget target = sink.into(weight);
  if (device == Device::meta) return;
  const size_t heads = sums.size() / 3;
  std::vector<double> total(heads);
  for (size_t h = 0; h < heads; ++h) total[h] = sums[3 * h + which];
  copy(device, ConstMat(total.data(), 1, heads, heads, Dtype::f64), target.mat, target.accumulate);
}

}  // namespace

Tensor derf_attention(const Tensor& q, const Tensor& k, const Tensor& v, const DerfWeights& derf,
                      const AttentionShape& shape, const Segments& segments) {
  require_fit(q, derf, shape);
  const Device device = q.device();
  Output y = like(q);
  Output row_sums =
      device == Device::reference ? Output() : Output(q.rows(), shape.heads, Dtype::f32, device);
  derf_kernel(device, q.mat(), k.mat(), v.mat(), segments, mats_of(derf), shape, y.mat(), row_sums.mat());
  // Two products over the pairs forward, five on the way back.
  const double flops = 2 * AttentionProblem{shape, segments}.pairs() * static_cast<double>(shape.head_width);
  count_flops(device, 2 * flops);
  const Tensor result = constant("the result, for the way back", y);
  return record(
      "derf_attention", std::move(y), {&q, &k, &v},
      [=](Sink& sink, const Tensor& d) {
        const GradientTarget dq = sink.into_wanted(q), dk = sink.into_wanted(k), dv = sink.into_wanted(v);
        const Buffer key_sums(attention_sums_bytes({shape, segments}), d.device(), BufferUse::scratch);
        std::vector<double> sums(shape.heads * 3);
        derf_backward_kernel(d.device(), d.mat(), q.mat(), k.mat(), v.mat(), result.mat(), row_sums.mat(),
                             key_sums, segments, mats_of(derf), shape, dq.mat, dq.accumulate, dk.mat,
                             dk.accumulate, dv.mat, dv.accumulate, sums.data());
        count_flops(d.device(), 5 * flops);
        add_gradient(sink, *derf.alpha, sums, 0, d.device());
        add_gradient(sink, *derf.beta, sums, 1, d.device());
        add_gradient(sink, *derf.gamma, sums, 2, d.device());
      },
      derf.alpha->trains());
}

Tensor derf_attention_over(const Tensor& q, std::span<const KeyValueView> past, const DerfWeights& derf,
                           const AttentionShape& shape, const Segments& segments) {
  require_fit(q, derf, shape);
  DerfSegments list;
  for (size_t s = 0; s < segments.size(); ++s)
    list.push_back({segments[s].start, segments[s].length, past[s].keys, past[s].values});
  Output y = like(q);
  derf_over_kernel(q.device(), q.mat(), list, mats_of(derf), shape, y.mat());
  return record("derf_attention_over", std::move(y), {&q}, {});
}

}  // namespace bantam
#endif
