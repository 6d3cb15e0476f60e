#include "ops/linear.h"

#include <algorithm>

#include "base/threads.h"
#include "ops/gemm.h"
#include "ops/row_sums.h"
#include "simd/dot.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/linear.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// target = Σ_t dy[t], or += with `accumulate`.
void sum_of_rows(ConstMat dy, Mat target, bool accumulate) {
  dispatch(dy.dtype, [&]<class T>() {
    sum_over_rows(dy.rows, target, accumulate, [&](size_t t, float* partial) HWY_ATTR {
      map(
          dy.cols, partial, [](V sum, V v) HWY_ATTR { return hn::Add(sum, v); },
          static_cast<const float*>(partial), dy.row<T>(t));
    });
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(sum_of_rows);

// bias: [1, N], or no data.
void train_forward(ConstMat x, ConstMat w, ConstMat bias, Mat y) {
  gemm({x}, {w, true}, y, false, bias.data == nullptr ? nullptr : bias.row<float>(0));
}

// What a task reads of the weight fits the second-level cache, and of the rows a piece that it can share out.
constexpr size_t kTaskWeightBytes = size_t{128} << 10;
constexpr size_t kTaskRows = 96;

void infer_forward(ConstMat x, ConstMat w, ConstMat bias, Mat y) {
  BANTAM_ASSERT(x.dtype == w.dtype);
  const DotKernels& dots = dot_kernels();
  const auto products = x.dtype == Dtype::bf16 ? dots.bf16 : dots.f32;
  const size_t columns = std::max<size_t>(16, kTaskWeightBytes / (w.cols * bytes_of(w.dtype)) / 16 * 16);
  const size_t blocks = (w.rows + columns - 1) / columns;
  parallel_for(blocks * ((x.rows + kTaskRows - 1) / kTaskRows), [&](size_t task) {
    const size_t col = task % blocks * columns, row = task / blocks * kTaskRows;
    const size_t cols = std::min(columns, w.rows - col), rows = std::min(kTaskRows, x.rows - row);
    products({x.slice_rows(row, rows).data, x.stride, rows, w.slice_rows(col, cols).data, w.stride, cols,
              x.cols, bias.data == nullptr ? nullptr : bias.row<float>(0) + col,
              y.slice_rows(row, rows).slice_cols(col, cols).data, y.stride, y.dtype == Dtype::bf16});
  });
}

void reference_forward(ConstMat x, ConstMat w, ConstMat bias, Mat y) {
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t n = 0; n < w.rows; ++n) {
      double sum = bias.data == nullptr ? 0 : bias.row<double>(0)[n];
      for (size_t k = 0; k < x.cols; ++k) sum += x.row<double>(t)[k] * w.row<double>(n)[k];
      y.row<double>(t)[n] = sum;
    }
}

void input_gradient(ConstMat dy, ConstMat w, Mat dx, bool accumulate) { gemm({dy}, {w}, dx, accumulate); }

void reference_input_gradient(ConstMat dy, ConstMat w, Mat dx, bool accumulate) {
  for (size_t t = 0; t < dy.rows; ++t)
    for (size_t k = 0; k < w.cols; ++k) {
      double sum = accumulate ? dx.row<double>(t)[k] : 0;
      for (size_t n = 0; n < w.rows; ++n) sum += dy.row<double>(t)[n] * w.row<double>(n)[k];
      dx.row<double>(t)[k] = sum;
    }
}

void weight_gradient(ConstMat dy, ConstMat x, Mat dw, bool accumulate) {
  gemm({dy, true}, {x}, dw, accumulate);
}

void reference_weight_gradient(ConstMat dy, ConstMat x, Mat dw, bool accumulate) {
  for (size_t n = 0; n < dy.cols; ++n)
    for (size_t k = 0; k < x.cols; ++k) {
      double sum = accumulate ? dw.row<double>(n)[k] : 0;
      for (size_t t = 0; t < dy.rows; ++t) sum += dy.row<double>(t)[n] * x.row<double>(t)[k];
      dw.row<double>(n)[k] = sum;
    }
}

void reference_sum_of_rows(ConstMat dy, Mat target, bool accumulate) {
  for (size_t n = 0; n < dy.cols; ++n) {
    double sum = accumulate ? target.row<double>(0)[n] : 0;
    for (size_t t = 0; t < dy.rows; ++t) sum += dy.row<double>(t)[n];
    target.row<double>(0)[n] = sum;
  }
}

using Forward = Kernel<void(ConstMat, ConstMat, ConstMat, Mat)>;
using Gradient = Kernel<void(ConstMat, ConstMat, Mat, bool)>;
constinit Forward linear_training{"linear under a tape", train_forward, reference_forward};
constinit Forward linear_inference{"linear", infer_forward, reference_forward};
constinit Gradient linear_input_gradient{"linear, gradient of the input", input_gradient,
                                         reference_input_gradient};
constinit Gradient linear_weight_gradient{"linear, gradient of the weight", weight_gradient,
                                          reference_weight_gradient};
constinit Kernel<void(ConstMat, Mat, bool)> linear_bias_gradient{
    "linear, gradient of the bias", BANTAM_DISPATCH(sum_of_rows), reference_sum_of_rows};

// `dy` in the dtype that the products of the way back run in.
Tensor in_dtype(const Tensor& dy, Dtype dtype) {
  if (dy.dtype() == dtype) return dy;
  Output converted = like(dy, dtype);
  copy(dy.device(), dy.mat(), converted.mat());
  return constant("a gradient in the dtype of the product", std::move(converted));
}

}  // namespace

Tensor linear(const Tensor& x, Weight& weight, Weight* bias) { return linear(x, weight, bias, x.dtype()); }

Tensor linear(const Tensor& x, Weight& weight, Weight* bias, Dtype out) {
  require(weight.cols == x.cols(), ErrorCode::invalid,
          "linear: weight {} is [{}, {}], wanted {} columns, the width of x", weight.name, weight.rows,
          weight.cols, x.cols());
  require(bias == nullptr || bias->count() == weight.rows, ErrorCode::invalid,
          "linear: bias {} has {} values, wanted {}, the rows of {}", bias == nullptr ? "" : bias->name,
          bias == nullptr ? 0 : bias->count(), weight.rows, weight.name);
  const Tensor& w = weight.in(x.dtype());
  require(static_cast<bool>(w), ErrorCode::invalid,
          "linear: weight {} has no {} copy, which an input of that dtype needs", weight.name,
          name_of(x.dtype()));
  const Device device = x.device();
  const double flops = 2.0 * static_cast<double>(x.rows()) * static_cast<double>(weight.count());
  Output y(x.rows(), weight.rows, out, device);
  count_flops(device, flops);
  (Tape::current() != nullptr ? linear_training : linear_inference)(
      device, x.mat(), w.mat(), bias == nullptr ? ConstMat() : bias->master.mat(), y.mat());
  const bool learns = weight.trains() || (bias != nullptr && bias->trains());
  return record(
      "linear", std::move(y), {&x},
      [kept = Kept(x), &weight, bias, flops](Sink& sink, const Tensor& gradient) {
        const Device where = gradient.device();
        const Tensor& input = kept.handle();
        const Tensor dy = in_dtype(gradient, input.dtype());
        if (weight.trains()) {
          const GradientTarget dw = sink.into(weight);
          count_flops(where, flops);
          linear_weight_gradient(where, dy.mat(), kept.values().mat(), dw.mat, dw.accumulate);
        }
        if (bias != nullptr && bias->trains()) {
          const GradientTarget db = sink.into(*bias);
          linear_bias_gradient(where, gradient.mat(), db.mat, db.accumulate);
        }
        if (sink.wants(input)) {
          const GradientTarget dx = sink.into(input);
          count_flops(where, flops);
          linear_input_gradient(where, dy.mat(), weight.in(input.dtype()).mat(), dx.mat, dx.accumulate);
        }
      },
      learns);
}

}  // namespace bantam
#endif
