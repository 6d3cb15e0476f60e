#include "ops/classification.h"

#include <cmath>
#include <vector>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

using Labels = std::span<const int32_t>;
using Factors = std::span<const double>;

template <class X>
struct Row {
  double highest, sum = 0;
  const X* z;
  Row(const X* logits, size_t classes) : highest(static_cast<double>(logits[0])), z(logits) {
    for (size_t c = 1; c < classes; ++c) highest = std::max(highest, static_cast<double>(z[c]));
    for (size_t c = 0; c < classes; ++c) sum += std::exp(static_cast<double>(z[c]) - highest);
  }
  double p(size_t c) const { return std::exp(static_cast<double>(z[c]) - highest) / sum; }
  double cross_entropy(size_t label) const { return std::log(sum) + highest - static_cast<double>(z[label]); }
};

template <class X>
void forward_in(ConstMat logits, Labels labels, Factors weights, double brier_weight, Mat loss, Mat ce,
                Mat brier) {
  sum_rows_in<X>(logits.rows, loss, false, [&](size_t i, X* partial) {
    const Row<X> row(logits.row<X>(i), logits.cols);
    const size_t label = static_cast<size_t>(labels[i]);
    double score = 0;
    for (size_t c = 0; c < logits.cols; ++c) {
      const double off = row.p(c) - (c == label ? 1 : 0);
      score += off * off;
    }
    *ce.row<X>(i) = static_cast<X>(row.cross_entropy(label));
    *brier.row<X>(i) = static_cast<X>(score);
    *partial += static_cast<X>(weights[i] * row.cross_entropy(label) + brier_weight * score);
  });
}

// ∂ce/∂z_c = p_c − y_c;  ∂brier/∂z_c = 2 p_c ((p_c − y_c) − Σ_k p_k (p_k − y_k))
template <class X>
void backward_in(ConstMat logits, Labels labels, Factors weights, double brier_weight, Mat dlogits,
                 bool add) {
  parallel_blocks(logits.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const Row<X> row(logits.row<X>(i), logits.cols);
      const size_t label = static_cast<size_t>(labels[i]);
      const auto off = [&](size_t c) { return row.p(c) - (c == label ? 1 : 0); };
      double mean = 0;
      for (size_t c = 0; c < logits.cols; ++c) mean += row.p(c) * off(c);
      X* to = dlogits.row<X>(i);
      for (size_t c = 0; c < logits.cols; ++c) {
        const double slope = weights[i] * off(c) + brier_weight * 2 * row.p(c) * (off(c) - mean);
        to[c] = static_cast<X>(add ? static_cast<double>(to[c]) + slope : slope);
      }
    }
  });
}

constinit Kernel<void(ConstMat, Labels, Factors, double, Mat, Mat, Mat)> classification_kernel{
    "classification", forward_in<float>, forward_in<double>};
constinit Kernel<void(ConstMat, Labels, Factors, double, Mat, bool)> classification_backward_kernel{
    "classification backward", backward_in<float>, backward_in<double>};

}  // namespace

Classification classification(const Tensor& logits, std::span<const int32_t> labels,
                              std::span<const double> weights, double brier_weight) {
  const Dtype dtype = logits.device() == Device::reference ? Dtype::f64 : Dtype::f32;
  require(logits.dtype() == dtype && logits.rows() == labels.size() && labels.size() == weights.size(),
          ErrorCode::invalid, "classification: [{}, {}] {} logits with {} labels and {} weights",
          logits.rows(), logits.cols(), name_of(logits.dtype()), labels.size(), weights.size());
  for (const int32_t label : labels)
    require(label >= 0 && static_cast<size_t>(label) < logits.cols(), ErrorCode::invalid,
            "classification: a row's class is {}; want 0 to {}", label, logits.cols() - 1);
  Output loss(1, 1, dtype, logits.device());
  Output ce(logits.rows(), 1, dtype, logits.device()), brier(logits.rows(), 1, dtype, logits.device());
  classification_kernel(logits.device(), logits.mat(), labels, weights, brier_weight, loss.mat(), ce.mat(),
                        brier.mat());
  Classification result;
  result.loss = record("classification", std::move(loss), {&logits},
                       [logits, rows = std::vector<int32_t>(labels.begin(), labels.end()),
                        factors = std::vector<double>(weights.begin(), weights.end()),
                        brier_weight](Sink& sink, const Tensor&) {
                         const GradientTarget to = sink.into(logits);
                         classification_backward_kernel(logits.device(), logits.mat(), rows, factors,
                                                        brier_weight, to.mat, to.accumulate);
                       });
  result.row_cross_entropy = constant("shown in the log, the root has its gradient", std::move(ce));
  result.row_brier = constant("shown in the log, the root has its gradient", std::move(brier));
  return result;
}

}  // namespace bantam
