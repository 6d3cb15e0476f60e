#include "ops/derf_attention.h"

#include <cmath>

#include "base/threads.h"
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

// With d = ∂L/∂y, Z = Σ a + ε, e = α s + β:  dv_j += a_j d / Z,  da_j = d·(v_j − y) / Z,  de_j = da_j γ e^(−e²) / √π,
// dα += de_j s_j,  dβ += de_j,  dq += scale α de_j k_j,  dk_j += scale α de_j q. γ cancels but for ε: dγ = d·y ε / (γ Z).
// dkv: [2 · keys, width] f32 sums of one kv head.  dderf: three numbers.
template <class X>
HWY_INLINE void backward_query(const X* d_K, const X* q_K, const X* y_K, const DerfSegment& s, size_t seen,
                               size_t at, size_t width, float scale, const float* derf, float* scratch,
                               float* dkv, float* dq_K, double* dderf) {
  const float alpha = derf[0], beta = derf[1], gamma = derf[2];
  float *scores = scratch, *a = scratch + s.keys.rows;
  scores_of(q_K, s, seen, at, width, scale, scores);
  weights_of(scores, seen, alpha, beta, gamma, a);
  const float over = 1 / total_of(a, seen);
  const auto product = [](V x, V y) HWY_ATTR { return hn::Mul(x, y); };
  const float d_y = sum(width, product, d_K, y_K);
  std::fill_n(dq_K, width, 0.0f);
  if (gamma != 0) dderf[2] += static_cast<double>(d_y) * kSmallest * static_cast<double>(over / gamma);
  for (size_t j = 0; j < seen; ++j) {
    const float da = (sum(width, product, d_K, s.values.row<X>(j) + at) - d_y) * over;
    const float e = alpha * scores[j] + beta, slope = da * gamma * 0.564189584f * std::exp(-e * e);
    dderf[0] += static_cast<double>(slope) * scores[j];
    dderf[1] += slope;
    const V by_q = set(scale * alpha * slope), by_d = set(a[j] * over);
    float *dk = dkv + j * width, *dv = dkv + (s.keys.rows + j) * width;
    const auto add_scaled = [](V w) { return [w](V sum, V v) HWY_ATTR { return hn::MulAdd(w, v, sum); }; };
    map(width, dq_K, add_scaled(by_q), static_cast<const float*>(dq_K), s.keys.row<X>(j) + at);
    map(width, dk, add_scaled(by_q), static_cast<const float*>(dk), q_K);
    map(width, dv, add_scaled(by_d), static_cast<const float*>(dv), d_K);
  }
}

void backward(ConstMat d, ConstMat q, ConstMat y, const DerfSegments& segments, const DerfMats& derf,
              const AttentionShape& shape, Mat dq, bool add_dq, Mat dk, bool add_dk, Mat dv, bool add_dv,
              double* dderf) {
  const size_t width = shape.head_width, group = shape.heads / shape.kv_heads, kv = shape.kv_heads;
  dispatch(q.dtype, [&]<class X>() {
    parallel_for(segments.size() * kv, [&](size_t task) HWY_ATTR {
      const DerfSegment& s = segments[task / kv];
      const size_t g = task % kv, at = g * width, keys = s.keys.rows;
      float* scratch = thread_scratch<float>(0, 2 * keys + width + 2 * keys * width).data();
      float *dq_K = scratch + 2 * keys, *dkv = dq_K + width;
      std::fill_n(dkv, 2 * keys * width, 0.0f);
      const auto give = [&](Mat to, bool add, size_t row, size_t col, const float* values) {
        if (to.data == nullptr) return;
        map_into(
            width, to.row<X>(row) + col, add, [](V v) HWY_ATTR { return v; }, values);
      };
      for (size_t h = g * group; h < (g + 1) * group; ++h) {
        const float of_head[] = {derf.alpha.row<float>(0)[h], derf.beta.row<float>(0)[h],
                                 derf.gamma.row<float>(0)[h]};
        for (size_t i = 0; i < s.length; ++i) {
          const size_t t = s.start + i, c = h * width;
          backward_query(d.row<X>(t) + c, q.row<X>(t) + c, y.row<X>(t) + c, s, s.seen_by(i), at, width,
                         shape.scale, of_head, scratch, dkv, dq_K, dderf + (task / kv * shape.heads + h) * 3);
          give(dq, add_dq, t, c, dq_K);
        }
      }
      for (size_t j = 0; j < keys; ++j) {
        give(dk, add_dk, s.start + j, at, dkv + j * width);
        give(dv, add_dv, s.start + j, at, dkv + (keys + j) * width);
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
HWY_EXPORT(backward);

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
    double* dd = dderf + (static_cast<size_t>(&s - segments.data()) * shape.heads + h) * 3;
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

constinit Kernel<void(ConstMat, const DerfSegments&, const DerfMats&, const AttentionShape&, Mat)>
    derf_kernel{"derf_attention",
                [](auto... a) {
                  HWY_DYNAMIC_DISPATCH(forward)
                  (a...);
                },
                reference::forward};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, const DerfSegments&, const DerfMats&,
                      const AttentionShape&, Mat, bool, Mat, bool, Mat, bool, double*)>
    derf_backward_kernel{"derf_attention backward",
                         [](auto... a) {
                           HWY_DYNAMIC_DISPATCH(backward)
                           (a...);
                         },
                         reference::backward};

DerfMats mats_of(const DerfWeights& w) {
  return {w.alpha->master.mat(), w.beta->master.mat(), w.gamma->master.mat()};
}

double flops_of(const DerfSegments& segments, const AttentionShape& shape) {
  double pairs = 0;
  for (const DerfSegment& s : segments)
    pairs += static_cast<double>(s.length) * (static_cast<double>(s.seen_by(0) + s.keys.rows) / 2);
  return 4 * pairs * static_cast<double>(shape.heads * shape.head_width);
}

void require_fit(const Tensor& q, const DerfWeights& derf, const AttentionShape& shape) {
  require(
      q.cols() == shape.heads * shape.head_width && derf.alpha->count() == shape.heads && shape.window == 0,
      ErrorCode::invalid, "derf_attention: {} columns in {} heads of {}, window {}", q.cols(), shape.heads,
      shape.head_width, shape.window);
}

void add_gradient(Sink& sink, Weight& weight, const std::vector<double>& sums, size_t which, size_t heads,
                  Device device) {
  if (!weight.trains()) return;
  const GradientTarget target = sink.into(weight);
  if (device == Device::meta) return;
  std::vector<double> total(heads);
  for (size_t i = 0; i < sums.size() / 3; ++i) total[i % heads] += sums[3 * i + which];
  copy(device, ConstMat(total.data(), 1, heads, heads, Dtype::f64), target.mat, target.accumulate);
}

}  // namespace

Tensor derf_attention(const Tensor& q, const Tensor& k, const Tensor& v, const DerfWeights& derf,
                      const AttentionShape& shape, const Segments& segments) {
  require_fit(q, derf, shape);
  const auto cut = [segments](const Tensor& keys, const Tensor& values) {
    DerfSegments list;
    for (const auto& [start, length] : segments)
      list.push_back(
          {start, length, keys.mat().slice_rows(start, length), values.mat().slice_rows(start, length)});
    return list;
  };
  Output y = like(q), kept = like(q);
  const DerfSegments list = cut(k, v);
  derf_kernel(q.device(), q.mat(), list, mats_of(derf), shape, y.mat());
  count_flops(q.device(), flops_of(list, shape));
  copy(q.device(), y.mat(), kept.mat());
  const Tensor y_kept = constant("the result, for the way back", std::move(kept));
  return record(
      "derf_attention", std::move(y), {&q, &k, &v},
      [=](Sink& sink, const Tensor& d) {
        const GradientTarget dq = sink.into_wanted(q), dk = sink.into_wanted(k), dv = sink.into_wanted(v);
        const DerfSegments pieces = cut(k, v);
        std::vector<double> sums(pieces.size() * shape.heads * 3);
        derf_backward_kernel(d.device(), d.mat(), q.mat(), y_kept.mat(), pieces, mats_of(derf), shape, dq.mat,
                             dq.accumulate, dk.mat, dk.accumulate, dv.mat, dv.accumulate, sums.data());
        count_flops(d.device(), 2.5 * flops_of(pieces, shape));
        add_gradient(sink, *derf.alpha, sums, 0, shape.heads, d.device());
        add_gradient(sink, *derf.beta, sums, 1, shape.heads, d.device());
        add_gradient(sink, *derf.gamma, sums, 2, shape.heads, d.device());
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
  derf_kernel(q.device(), q.mat(), list, mats_of(derf), shape, y.mat());
  return record("derf_attention_over", std::move(y), {&q}, {});
}

}  // namespace bantam
#endif
