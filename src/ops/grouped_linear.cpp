#include "ops/grouped_linear.h"

#include <algorithm>

#include "base/threads.h"
#include "ops/gemm.h"
#include "simd/dot.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr size_t kLargestBlock = 512, kOutputs = 256;

// Rows [begin, begin + count) of one expert.
struct RowBlock {
  size_t expert, begin, count;
};

// An expert's rows in blocks of 512, 256, … 32: few shapes, whatever the routing.
std::vector<RowBlock> blocks_of(const Routing& r, size_t expert) {
  std::vector<RowBlock> blocks;
  size_t begin = r.first[expert], left = r.filled[expert];
  for (size_t size = kLargestBlock; left > 0; size = std::max<size_t>(1, size / 2))
    for (; left >= size; begin += size, left -= size) blocks.push_back({expert, begin, size});
  return blocks;
}

std::vector<RowBlock> all_blocks(const Routing& r) {
  std::vector<RowBlock> blocks;
  for (size_t e = 0; e < r.first.size(); ++e)
    for (const RowBlock& block : blocks_of(r, e)) blocks.push_back(block);
  return blocks;
}

size_t rows_in_use(const Routing& r) { return r.first.back() + r.filled.back(); }

void clear_rest(Device device, const Routing& r, Mat y) {
  const size_t used = rows_in_use(r);
  if (used < y.rows) fill_zero(device, y.slice_rows(used, y.rows - used));
}

void train_forward(ConstMat x, ConstMat w, const Routing& r, Mat y) {
  const std::vector<RowBlock> blocks = all_blocks(r);
  const size_t outputs = w.rows / r.first.size();
  parallel_for(blocks.size(), [&](size_t task) {
    const auto [expert, begin, count] = blocks[task];
    gemm({x.slice_rows(begin, count)}, {w.slice_rows(expert * outputs, outputs), true},
         y.slice_rows(begin, count));
  });
  clear_rest(Device::cpu, r, y);
}

void infer_forward(ConstMat x, ConstMat w, const Routing& r, Mat y) {
  const size_t outputs = w.rows / r.first.size(), pieces = (outputs + kOutputs - 1) / kOutputs;
  const auto products = x.dtype == Dtype::bf16 ? dot_kernels().bf16 : dot_kernels().f32;
  parallel_for(r.first.size() * pieces, [&](size_t task) {
    const size_t e = task / pieces, col = task % pieces * kOutputs, cols = std::min(kOutputs, outputs - col);
    const size_t begin = r.first[e], rows = r.filled[e];
    if (rows == 0) return;
    products({x.slice_rows(begin, rows).data, x.stride, rows, w.slice_rows(e * outputs + col, cols).data,
              w.stride, cols, x.cols, nullptr, y.slice_rows(begin, rows).slice_cols(col, cols).data, y.stride,
              y.dtype == Dtype::bf16});
  });
  clear_rest(Device::cpu, r, y);
}

void input_gradient(ConstMat dy, ConstMat w, const Routing& r, Mat dx, bool accumulate) {
  const std::vector<RowBlock> blocks = all_blocks(r);
  const size_t outputs = w.rows / r.first.size();
  parallel_for(blocks.size(), [&](size_t task) {
    const auto [expert, begin, count] = blocks[task];
    gemm({dy.slice_rows(begin, count)}, {w.slice_rows(expert * outputs, outputs)},
         dx.slice_rows(begin, count), accumulate);
  });
  if (!accumulate) clear_rest(Device::cpu, r, dx);
}

// A task owns some rows of one expert's gradient and adds its blocks in order.
void weight_gradient(ConstMat dy, ConstMat x, const Routing& r, Mat dw, bool accumulate) {
  const size_t outputs = dy.cols, pieces = (outputs + kOutputs - 1) / kOutputs;
  parallel_for(r.first.size() * pieces, [&](size_t task) {
    const size_t e = task / pieces, col = task % pieces * kOutputs, cols = std::min(kOutputs, outputs - col);
    const Mat to = dw.slice_rows(e * outputs + col, cols);
    bool add = accumulate;
    for (const RowBlock& block : blocks_of(r, e)) {
      gemm({dy.slice_rows(block.begin, block.count).slice_cols(col, cols), true},
           {x.slice_rows(block.begin, block.count)}, to, add);
      add = true;
    }
    if (!add) fill_zero(Device::cpu, to);
  });
}

namespace reference {

template <class F>
void each_row(const Routing& r, F f) {
  for (size_t e = 0; e < r.first.size(); ++e)
    for (size_t i = r.first[e]; i < r.first[e] + r.filled[e]; ++i) f(e, i);
}

void forward(ConstMat x, ConstMat w, const Routing& r, Mat y) {
  const size_t outputs = y.cols;
  fill_zero(Device::reference, y);
  each_row(r, [&](size_t e, size_t i) {
    for (size_t n = 0; n < outputs; ++n)
      for (size_t d = 0; d < x.cols; ++d)
        y.row<double>(i)[n] += x.row<double>(i)[d] * w.row<double>(e * outputs + n)[d];
  });
}

void input_gradient(ConstMat dy, ConstMat w, const Routing& r, Mat dx, bool accumulate) {
  if (!accumulate) fill_zero(Device::reference, dx);
  each_row(r, [&](size_t e, size_t i) {
    for (size_t n = 0; n < dy.cols; ++n)
      for (size_t d = 0; d < dx.cols; ++d)
        dx.row<double>(i)[d] += dy.row<double>(i)[n] * w.row<double>(e * dy.cols + n)[d];
  });
}

void weight_gradient(ConstMat dy, ConstMat x, const Routing& r, Mat dw, bool accumulate) {
  if (!accumulate) fill_zero(Device::reference, dw);
  each_row(r, [&](size_t e, size_t i) {
    for (size_t n = 0; n < dy.cols; ++n)
      for (size_t d = 0; d < x.cols; ++d)
        dw.row<double>(e * dy.cols + n)[d] += dy.row<double>(i)[n] * x.row<double>(i)[d];
  });
}

}  // namespace reference

using Forward = Kernel<void(ConstMat, ConstMat, const Routing&, Mat)>;
using Gradient = Kernel<void(ConstMat, ConstMat, const Routing&, Mat, bool)>;
constinit Forward grouped_training{"grouped_linear under a tape", train_forward, reference::forward};
constinit Forward grouped_inference{"grouped_linear", infer_forward, reference::forward};
constinit Gradient grouped_input_gradient{"grouped_linear, gradient of the input", input_gradient,
                                          reference::input_gradient};
constinit Gradient grouped_weight_gradient{"grouped_linear, gradient of the weight", weight_gradient,
                                           reference::weight_gradient};

}  // namespace

Tensor grouped_linear(const Tensor& x, Weight& weight, const Routing& routing) {
  const size_t experts = routing.first.size();
  require(weight.cols == x.cols() && weight.rows % experts == 0 && x.rows() == routing.source.size(),
          ErrorCode::invalid, "grouped_linear: weight {} is [{}, {}], rows [{}, {}] for {} experts",
          weight.name, weight.rows, weight.cols, x.rows(), x.cols(), experts);
  const Device device = x.device();
  const double flops =
      2.0 * static_cast<double>(routing.experts.size()) * static_cast<double>(weight.count() / experts);
  Output y(x.rows(), weight.rows / experts, x.dtype(), device);
  count_flops(device, flops);
  (Tape::current() != nullptr ? grouped_training : grouped_inference)(
      device, x.mat(), weight.in(x.dtype()).mat(), routing, y.mat());
  return record(
      "grouped_linear", std::move(y), {&x},
      [x, &weight, routing, flops](Sink& sink, const Tensor& dy) {
        if (sink.wants(x)) {
          const GradientTarget dx = sink.into(x);
          grouped_input_gradient(dy.device(), dy.mat(), weight.in(x.dtype()).mat(), routing, dx.mat,
                                 dx.accumulate);
          count_flops(dy.device(), flops);
        }
        if (weight.trains()) {
          const GradientTarget dw = sink.into(weight);
          grouped_weight_gradient(dy.device(), dy.mat(), x.mat(), routing, dw.mat, dw.accumulate);
          count_flops(dy.device(), flops);
        }
      },
      weight.trains());
}

}  // namespace bantam
