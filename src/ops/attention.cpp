#include "ops/attention.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ops/attention_blocks.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

// The reference device: the definition, in f64. Calls f(query row, head, its scores) with scores of the keys
// from `first` on.
template <class F>
void each_query(const AttentionProblem& p, ConstMat q, ConstMat k, F f) {
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

void reference_forward(const AttentionProblem& p, ConstMat q, ConstMat k, ConstMat v, Mat y, Mat) {
  const size_t width = p.shape.head_width;
  each_query(p, q, k, [&](size_t t, size_t h, size_t first, const std::vector<double>& probability) {
    double* y_K = y.row<double>(t) + h * width;
    std::fill(y_K, y_K + width, 0.0);
    for (size_t j = 0; j < probability.size(); ++j)
      for (size_t d = 0; d < width; ++d)
        y_K[d] += probability[j] * v.row<double>(first + j)[h / p.group() * width + d];
  });
}

void reference_backward(const AttentionProblem& p, ConstMat q, ConstMat k, ConstMat v, ConstMat y, Mat,
                        ConstMat dy, const Buffer&, Mat dq, bool add_dq, Mat dk, bool add_dk, Mat dv,
                        bool add_dv) {
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

constinit Kernel<void(const AttentionProblem&, ConstMat, ConstMat, ConstMat, Mat, Mat)> attention_kernel{
    "attention", attention_by_blocks, reference_forward};
constinit Kernel<void(const AttentionProblem&, ConstMat, ConstMat, ConstMat, ConstMat, Mat, ConstMat,
                      const Buffer&, Mat, bool, Mat, bool, Mat, bool)>
    attention_backward{"attention backward", attention_by_blocks_backward, reference_backward};

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
  const AttentionProblem problem{shape, segments};
  const bool learns = q.needs_gradient() || k.needs_gradient() || v.needs_gradient();
  Output y = like(q);
  Output row_sums =
      learns && device != Device::reference ? Output(q.rows(), shape.heads, Dtype::f32, device) : Output();
  attention_kernel(device, problem, q.mat(), k.mat(), v.mat(), y.mat(), row_sums.mat());
  // Two products over the pairs forward, five on the way back.
  const double flops = 2 * problem.pairs() * static_cast<double>(shape.head_width);
  count_flops(device, 2 * flops);
  if (!learns) return record("attention", std::move(y), {&q, &k, &v}, {});
  const Tensor result = constant("the result, for the way back", y);
  return record("attention", std::move(y), {&q, &k, &v},
                [q, k, v, shape, segments, result, row_sums, flops](Sink& sink, const Tensor& dy) {
                  const GradientTarget dq = sink.into_wanted(q), dk = sink.into_wanted(k),
                                       dv = sink.into_wanted(v);
                  const AttentionProblem again{shape, segments};
                  const Buffer sums(attention_sums_bytes(again), dy.device(), BufferUse::scratch);
                  attention_backward(dy.device(), again, q.mat(), k.mat(), v.mat(), result.mat(),
                                     row_sums.mat(), dy.mat(), sums, dq.mat, dq.accumulate, dk.mat,
                                     dk.accumulate, dv.mat, dv.accumulate);
                  count_flops(dy.device(), 5 * flops);
                });
}

}  // namespace bantam
