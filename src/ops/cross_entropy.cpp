#include "ops/cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/threads.h"
#include "ops/gemm.h"
#include "simd/dot.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cross_entropy.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

float largest(const float* x, size_t n) {
  const size_t step = lanes();
  V top = set(x[0]);
  size_t i = 0;
  for (; i + step <= n; i += step) top = hn::Max(top, load(x + i));
  float result = max_lane(top);
  for (; i < n; ++i) result = std::max(result, x[i]);
  return result;
}

// Replaces x by exp(x − max) and returns their sum.
float exponentials(float* x, size_t n, float max) {
  const size_t step = lanes();
  const V top = set(max);
  V total = zero();
  size_t i = 0;
  for (; i + step <= n; i += step) {
    const V e = exp(hn::Sub(load(x + i), top));
    store(e, x + i);
    total = hn::Add(total, e);
  }
  float rest = 0;
  if (i < n) {
    store_tail(exp(hn::Sub(load_tail(x + i, n - i), top)), x + i, n - i);
    for (; i < n; ++i) rest += x[i];
  }
  return sum_lanes(total) + rest;
}

// Turns a row of logits into its loss and, in place, into the loss's gradient: d[v] = w (p[v] (1 + 2 z lse) −
// [v = y]). The gradient is of type T from the same address on; it never overtakes the values that are still
// to be read.
template <class T>
void row_gradient(float* logits, size_t n, int32_t target, float weight, float z_weight, float& lse,
                  float& ce) {
  const float of_target = logits[target];
  const float max = largest(logits, n);
  const float total = exponentials(logits, n, max);
  lse = max + std::log(total);
  ce = lse - of_target;
  const float scale = weight * (1 + 2 * z_weight * lse);
  const float of_target_gradient = scale * (logits[target] / total) - weight;
  T* gradient = reinterpret_cast<T*>(logits);
  const V factor = set(scale / total);
  map(
      n, gradient, [&](V e) HWY_ATTR { return hn::Mul(e, factor); }, static_cast<const float*>(logits));
  gradient[target] = T(of_target_gradient);
}

// Rows of f32 logits become rows of their gradient, of `dtype` and at the same addresses.
void chunk_gradient(Mat logits, const int32_t* targets, const float* weights, float z_weight, Dtype dtype,
                    float* lse, float* ce) {
  dispatch(dtype, [&]<class T>() {
    parallel_for(logits.rows, [&](size_t i) {
      row_gradient<T>(logits.row<float>(i), logits.cols, targets[i], weights[i], z_weight, lse[i], ce[i]);
    });
  });
}

// Adds x [n] to a running Σ exp(x − max); overwrites x.
void normalise(float* x, size_t n, float& max, float& sum) {
  const float top = std::max(max, largest(x, n));
  sum = sum * std::exp(max - top) + exponentials(x, n, top);
  max = top;
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(chunk_gradient);
HWY_EXPORT(normalise);

// Rows go through in chunks whose logits take this much.
constexpr size_t kChunkBytes = size_t{64} << 20;

size_t rows_per_chunk(size_t vocabulary) {
  return std::clamp<size_t>(kChunkBytes / (vocabulary * sizeof(float)) / 64 * 64, 64, 512);
}

// How many rows a chunk of `count` multiplies, of `most`. Products are compiled by shape, and how many rows have a target
// changes from step to step: the last chunk is filled up.
size_t filled_chunk(size_t count, size_t most) { return std::min((count + 63) / 64 * 64, most); }

// The rows that have a target, in order: where each lies, and its target.
struct TargetRows {
  std::vector<size_t> at;
  std::vector<int32_t> target;
  size_t count() const { return at.size(); }
};

// What the logits of each of those rows come to: log Σ exp, and the loss without its weight.
struct RowLosses {
  std::vector<float> lse, ce;
  explicit RowLosses(size_t rows) : lse(rows), ce(rows) {}
};

// A running Σ exp(x − max) over some columns of a row.
struct Normaliser {
  float max = -INFINITY, sum = 0;
};

// What leaves the op: [1, 1], and [T, 1] twice. `value`, the loss with its z-term, may have no data.
struct Results {
  Mat loss, row_loss, value;
};

// Memory that one chunk needs: the logits, and the hidden states and their gradients when rows are skipped.
struct ChunkMemory {
  Mat logits, hidden, dhidden;
};

// Σ over the rows in their order, in double.
void finish(const TargetRows& rows, const RowLosses& losses, ConstMat weights, float z_weight,
            const Results& out) {
  std::fill_n(out.row_loss.row<float>(0), out.row_loss.rows * 2, 0.0f);
  if (out.value.data != nullptr) std::fill_n(out.value.row<float>(0), out.value.rows, 0.0f);
  double total = 0;
  for (size_t i = 0; i < rows.count(); ++i) {
    const size_t t = rows.at[i];
    const float value = losses.ce[i] + z_weight * losses.lse[i] * losses.lse[i];
    out.row_loss.row<float>(t)[0] = losses.ce[i];
    out.row_loss.row<float>(t)[1] = losses.lse[i];
    if (out.value.data != nullptr) *out.value.row<float>(t) = value;
    total += static_cast<double>(*weights.row<float>(t)) * value;
  }
  *out.loss.row<float>(0) = static_cast<float>(total);
}

// Columns of the head that one task multiplies, and rows that it takes through them.
constexpr size_t kPartColumns = 2048, kTileColumns = 128, kPartRows = 48;

// Without gradients no logits are kept: a task takes some rows through some columns and hands on their
// running sums.
void evaluate(ConstMat hidden, ConstMat head, ConstMat weights, const TargetRows& rows, float z_weight,
              const Results& out) {
  const DotKernels& dots = dot_kernels();
  const auto products = hidden.dtype == Dtype::bf16 ? dots.bf16 : dots.f32;
  const size_t parts = (head.rows + kPartColumns - 1) / kPartColumns;
  const size_t blocks = (rows.count() + kPartRows - 1) / kPartRows;
  const size_t width = hidden.cols * bytes_of(hidden.dtype);
  std::vector<Normaliser> sums(rows.count() * parts);
  std::vector<float> of_target(rows.count());
  parallel_for(blocks * parts, [&](size_t task) {
    const size_t part = task % parts, begin = task / parts * kPartRows;
    const size_t count = std::min(kPartRows, rows.count() - begin);
    std::byte* x = thread_scratch(1, kPartRows * width);
    float* logits = thread_scratch<float>(2, kPartRows * kTileColumns).data();
    for (size_t i = 0; i < count; ++i)
      std::memcpy(x + i * width, hidden.slice_rows(rows.at[begin + i], 1).data, width);
    const size_t end = std::min(head.rows, (part + 1) * kPartColumns);
    for (size_t col = part * kPartColumns; col < end; col += kTileColumns) {
      const size_t cols = std::min(kTileColumns, end - col);
      products({x, hidden.cols, count, head.slice_rows(col, cols).data, head.stride, cols, hidden.cols,
                nullptr, logits, kTileColumns, false});
      for (size_t i = 0; i < count; ++i) {
        const auto target = static_cast<size_t>(rows.target[begin + i]);
        if (target >= col && target < col + cols)
          of_target[begin + i] = logits[i * kTileColumns + target - col];
        Normaliser& sum = sums[(begin + i) * parts + part];
        HWY_DYNAMIC_DISPATCH(normalise)(logits + i * kTileColumns, cols, sum.max, sum.sum);
      }
    }
  });
  RowLosses losses(rows.count());
  for (size_t i = 0; i < rows.count(); ++i) {
    Normaliser all;
    for (size_t part = 0; part < parts; ++part) {
      const Normaliser& some = sums[i * parts + part];
      const float top = std::max(all.max, some.max);
      all = {top, all.sum * std::exp(all.max - top) + some.sum * std::exp(some.max - top)};
    }
    losses.lse[i] = all.max + std::log(all.sum);
    losses.ce[i] = losses.lse[i] - of_target[i];
  }
  finish(rows, losses, weights, z_weight, out);
}

// Copies row from_row(i) of `from` to row to_row(i) of `to` for i < count.
template <class FromRow, class ToRow>
void copy_rows(size_t count, ConstMat from, FromRow from_row, Mat to, ToRow to_row) {
  parallel_blocks(count, 64, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i)
      std::memcpy(to.slice_rows(to_row(i), 1).data, from.slice_rows(from_row(i), 1).data,
                  from.cols * bytes_of(from.dtype));
  });
}

// dhidden and dhead may have no data. dhead is added to when `add_dhead`, and overwritten by the first chunk
// otherwise.
void train(ConstMat hidden, ConstMat head, ConstMat weights, const TargetRows& rows, float z_weight,
           const Results& out, Mat dhidden, Mat dhead, bool add_dhead, const ChunkMemory& memory) {
  RowLosses losses(rows.count());
  std::vector<float> weight(rows.count());
  for (size_t i = 0; i < rows.count(); ++i) weight[i] = *weights.row<float>(rows.at[i]);
  if (dhidden.data != nullptr && rows.count() < hidden.rows) fill_zero(Device::cpu, dhidden);
  for (size_t begin = 0; begin < rows.count(); begin += memory.logits.rows) {
    const size_t count = std::min(memory.logits.rows, rows.count() - begin), first = rows.at[begin];
    const size_t filled = rows.count() == hidden.rows ? count : filled_chunk(count, memory.logits.rows);
    const bool together = filled == count && rows.at[begin + count - 1] - first + 1 == count;
    const auto place = [&](size_t i) { return rows.at[begin + i]; };
    const auto index = [](size_t i) { return i; };
    if (!together) {
      copy_rows(count, hidden, place, memory.hidden, index);
      fill_zero(Device::cpu, memory.hidden.slice_rows(count, filled - count));
    }
    const ConstMat x =
        together ? hidden.slice_rows(first, count) : ConstMat(memory.hidden.slice_rows(0, filled));
    const Mat logits = memory.logits.slice_rows(0, filled);
    gemm({x}, {head, true}, logits);
    HWY_DYNAMIC_DISPATCH(chunk_gradient)
    (logits.slice_rows(0, count), &rows.target[begin], &weight[begin], z_weight, hidden.dtype,
     &losses.lse[begin], &losses.ce[begin]);

    const size_t stride = logits.stride * sizeof(float) / bytes_of(hidden.dtype);
    const Mat dlogits(logits.data, filled, logits.cols, stride, hidden.dtype);
    fill_zero(Device::cpu, dlogits.slice_rows(count, filled - count));
    if (dhidden.data != nullptr) {
      const Mat dx = together ? dhidden.slice_rows(first, count) : memory.dhidden.slice_rows(0, filled);
      gemm({dlogits}, {head}, dx);
      if (!together) copy_rows(count, dx, index, dhidden, place);
    }
    if (dhead.data != nullptr) gemm({dlogits, true}, {x}, dhead, add_dhead || begin > 0);
  }
  finish(rows, losses, weights, z_weight, out);
}

void reference_train(ConstMat hidden, ConstMat head, ConstMat weights, const TargetRows& rows, float z_weight,
                     const Results& out, Mat dhidden, Mat dhead, bool add_dhead, const ChunkMemory&) {
  const auto zero = [](Mat m) {
    for (size_t i = 0; i < m.rows && m.data != nullptr; ++i) std::fill_n(m.row<double>(i), m.cols, 0.0);
  };
  for (const Mat& m : {out.loss, out.row_loss, out.value, dhidden}) zero(m);
  if (!add_dhead) zero(dhead);
  std::vector<double> d(head.rows);
  for (size_t i = 0; i < rows.count(); ++i) {
    const size_t at = rows.at[i], target = static_cast<size_t>(rows.target[i]);
    const double *x = hidden.row<double>(at), weight = *weights.row<double>(at);
    double total = 0;
    for (size_t v = 0; v < head.rows; ++v) {
      d[v] = 0;
      for (size_t k = 0; k < head.cols; ++k) d[v] += x[k] * head.row<double>(v)[k];
      total += std::exp(d[v]);
    }
    const double lse = std::log(total), ce = lse - d[target], value = ce + z_weight * lse * lse;
    out.row_loss.row<double>(at)[0] = ce;
    out.row_loss.row<double>(at)[1] = lse;
    if (out.value.data != nullptr) *out.value.row<double>(at) = value;
    *out.loss.row<double>(0) += weight * value;
    for (size_t v = 0; v < head.rows; ++v) {
      d[v] = weight * (std::exp(d[v] - lse) * (1 + 2 * z_weight * lse) - (v == target ? 1 : 0));
      for (size_t k = 0; k < head.cols; ++k) {
        if (dhidden.data != nullptr) dhidden.row<double>(at)[k] += d[v] * head.row<double>(v)[k];
        if (dhead.data != nullptr) dhead.row<double>(v)[k] += d[v] * x[k];
      }
    }
  }
}

void reference_evaluate(ConstMat hidden, ConstMat head, ConstMat weights, const TargetRows& rows,
                        float z_weight, const Results& out) {
  reference_train(hidden, head, weights, rows, z_weight, out, {}, {}, false, {});
}

constinit Kernel<void(ConstMat, ConstMat, ConstMat, const TargetRows&, float, const Results&)> evaluation{
    "cross_entropy", evaluate, reference_evaluate};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, const TargetRows&, float, const Results&, Mat, Mat, bool,
                      const ChunkMemory&)>
    training{"cross_entropy with gradients", train, reference_train};

TargetRows rows_with_targets(std::span<const int32_t> targets, size_t vocabulary) {
  TargetRows rows;
  for (size_t t = 0; t < targets.size(); ++t) {
    require(targets[t] >= -1 && targets[t] < static_cast<int64_t>(vocabulary), ErrorCode::invalid,
            "cross_entropy: target {} at position {} is outside the vocabulary of {}", targets[t], t,
            vocabulary);
    if (targets[t] < 0) continue;
    rows.at.push_back(t);
    rows.target.push_back(targets[t]);
  }
  return rows;
}

// What was computed on the way forward holds for a root only.
void check_is_root(const Tensor& gradient) {
  if (gradient.device() == Device::meta) return;
  const double g = gradient.dtype() == Dtype::f64 ? *gradient.data<double>() : *gradient.data<float>();
  require(g == 1, ErrorCode::unsupported,
          "cross_entropy: its loss has the gradient {}; it must be a root of the tape, so scale the weights "
          "instead",
          g);
}

}  // namespace

CrossEntropy cross_entropy(const Tensor& hidden, Weight& head, std::span<const int32_t> targets,
                           const Tensor& weights, float z_weight) {
  require(head.cols == hidden.cols(), ErrorCode::invalid,
          "cross_entropy: head {} is [{}, {}], wanted {} columns, the width of hidden", head.name, head.rows,
          head.cols, hidden.cols());
  require(targets.size() == hidden.rows() && weights.rows() == hidden.rows() && weights.cols() == 1,
          ErrorCode::invalid, "cross_entropy: {} targets and [{}, {}] weights for {} rows; wanted one each",
          targets.size(), weights.rows(), weights.cols(), hidden.rows());
  const Tensor& w = head.in(hidden.dtype());
  require(static_cast<bool>(w), ErrorCode::invalid,
          "cross_entropy: head {} has no {} copy, which hidden states of that dtype need", head.name,
          name_of(hidden.dtype()));
  require(weights.dtype() == head.master.dtype(), ErrorCode::invalid,
          "cross_entropy: weights are {}, wanted {}", name_of(weights.dtype()), name_of(head.master.dtype()));
  const TargetRows rows = rows_with_targets(targets, head.rows);
  const Device device = hidden.device();
  const Dtype wide = weights.dtype();
  const double flops = 2.0 * static_cast<double>(rows.count()) * static_cast<double>(head.count());

  Output loss(1, 1, wide, device), row_loss(hidden.rows(), 2, wide, device), value, dhidden;
  if (weights.needs_gradient()) value = Output(hidden.rows(), 1, wide, device);
  Results results{loss.mat(), row_loss.mat(), value ? value.mat() : Mat()};
  count_flops(device, flops);
  const bool head_learns = Tape::current() != nullptr && head.trains();
  if (!hidden.needs_gradient() && !head_learns) {
    evaluation(device, hidden.mat(), w.mat(), weights.mat(), rows, z_weight, results);
  } else {
    // However few rows have a target: a batch with more of them shall find its memory.
    const size_t chunk = std::min(hidden.rows(), rows_per_chunk(head.rows));
    const Output logits(chunk, head.rows, wide, device, BufferUse::scratch),
        chunk_hidden(chunk, hidden.cols(), hidden.dtype(), device, BufferUse::scratch),
        chunk_dhidden(chunk, hidden.cols(), hidden.dtype(), device, BufferUse::scratch);
    if (hidden.needs_gradient()) dhidden = like(hidden);
    GradientTarget dhead{};
    if (head_learns && rows.count() > 0) dhead = Sink(*Tape::current()).into(head);
    count_flops(device, flops * ((dhidden ? 1 : 0) + (head_learns ? 1 : 0)));
    training(device, hidden.mat(), w.mat(), weights.mat(), rows, z_weight, results,
             dhidden ? dhidden.mat() : Mat(), dhead.mat, dhead.accumulate,
             {logits.mat(), chunk_hidden.mat(), chunk_dhidden.mat()});
  }

  const Tensor kept_dhidden =
      dhidden ? constant("∂loss/∂hidden, for the way back", std::move(dhidden)) : Tensor();
  const Tensor kept_value = value ? constant("∂loss/∂weights, for the way back", std::move(value)) : Tensor();
  CrossEntropy result;
  const Tensor rows_told = constant("a report", std::move(row_loss));
  result.row_loss = rows_told.columns(0, 1);
  result.row_log_z = rows_told.columns(1, 1);
  result.loss = record("cross_entropy", std::move(loss), {&hidden, &weights},
                       [hidden, weights, kept_dhidden, kept_value](Sink& sink, const Tensor& gradient) {
                         check_is_root(gradient);
                         if (sink.wants(hidden)) sink.pass(hidden, kept_dhidden);
                         if (sink.wants(weights)) sink.pass(weights, kept_value);
                       });
  return result;
}

}  // namespace bantam
#endif
