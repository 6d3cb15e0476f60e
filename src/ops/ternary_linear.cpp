#include "ops/ternary_linear.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "base/threads.h"
#include "ops/gemm.h"
#include "ops/row_sums.h"
#include "simd/ternary.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr size_t kSumBlock = 4096, kBlock = 256, kBlockBytes = 64;
constexpr size_t kTaskColumns = 64, kTaskRows = 64;
constexpr double kLargest = 127;

// mean |w| of each part, for each of its rows; s: [1, N].
template <class T>
void weight_units(ConstMat w, const Weight& weight, Mat s) {
  for (const WeightPart& part : weight.parts) {
    const T* values = w.row<T>(0) + part.offset;
    std::vector<double> sums((part.count + kSumBlock - 1) / kSumBlock);
    parallel_for(sums.size(), [&](size_t block) {
      const size_t end = std::min(part.count, (block + 1) * kSumBlock);
      for (size_t i = block * kSumBlock; i < end; ++i)
        sums[block] += std::abs(static_cast<double>(values[i]));
    });
    double sum = 0;
    for (const double block : sums) sum += block;
    std::fill_n(s.row<T>(0) + part.offset / w.cols, part.count / w.cols,
                static_cast<T>(sum / static_cast<double>(part.count)));
  }
}

// round(w / s) to −1, 0, 1 without the division: beyond half a unit it is a whole one.
template <class T>
int ternary_of(T w, T s) {
  const T twice = 2 * std::abs(w);
  return twice > s ? (w > 0 ? 1 : -1) : 0;
}

template <class T, class Q>
void round_weight(ConstMat w, ConstMat s, Mat b) {
  parallel_blocks(w.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t n = begin; n < end; ++n)
      for (size_t k = 0; k < w.cols; ++k)
        b.row<Q>(n)[k] = static_cast<Q>(static_cast<T>(ternary_of(w.row<T>(n)[k], s.row<T>(0)[n])));
  });
}

void pack_weight(ConstMat w, ConstMat s, uint8_t* packed) {
  const size_t blocks = (w.cols + kBlock - 1) / kBlock;
  parallel_blocks(w.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t n = begin; n < end; ++n)
      for (size_t at = 0; at < blocks * kBlockBytes; ++at) {
        const size_t first = at / kBlockBytes * kBlock + at % kBlockBytes;
        unsigned codes = 0;
        for (size_t i = 0; i < 4; ++i) {
          const size_t k = first + 64 * i;
          const int b = k < w.cols ? ternary_of(w.row<float>(n)[k], s.row<float>(0)[n]) : 0;
          codes |= static_cast<unsigned>(b + 1) << 2 * i;
        }
        packed[n * blocks * kBlockBytes + at] = static_cast<uint8_t>(codes);
      }
  });
}

// One row in whole numbers; returns its unit, NaN where a value is not finite. `Sum` is what the row's dtype is computed in.
template <class Sum, class X, class Put>
Sum round_row(const X* x, size_t count, Put put) {
  Sum largest = 0, strange = 0;
  for (size_t k = 0; k < count; ++k) {
    const Sum value = static_cast<Sum>(x[k]);
    largest = std::max(largest, std::abs(value));
    strange += 0 * value;
  }
  const Sum scale = static_cast<Sum>(kLargest) / largest;
  if (std::isnan(strange) || !std::isfinite(scale)) {  // the latter of zeros, or next to nothing
    for (size_t k = 0; k < count; ++k) put(k, Sum(0));
    return strange;
  }
  for (size_t k = 0; k < count; ++k) put(k, std::nearbyint(static_cast<Sum>(x[k]) * scale));
  return largest / static_cast<Sum>(kLargest);
}

template <class X, class Sum>
void round_rows(ConstMat x, Mat q, Mat a) {
  parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      *a.row<Sum>(t) =
          round_row<Sum>(x.row<X>(t), x.cols, [&](size_t k, Sum v) { q.row<X>(t)[k] = static_cast<X>(v); });
  });
}

// y = x · rows_t · cols_n; either factor may be absent.
template <class X, class Y, class Sum>
void scale_in(ConstMat x, ConstMat rows_T, ConstMat cols_N, Mat y) {
  parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      const Sum row = rows_T.data == nullptr ? Sum(1) : *rows_T.row<Sum>(t);
      for (size_t n = 0; n < x.cols; ++n) {
        const Sum factor = cols_N.data == nullptr ? row : row * cols_N.row<Sum>(0)[n];
        y.row<Y>(t)[n] = static_cast<Y>(static_cast<Sum>(x.row<X>(t)[n]) * factor);
      }
    }
  });
}

// y = x̂ Ŵᵀ on packed weights.
template <class X>
void infer_in(ConstMat x, const uint8_t* packed, ConstMat s, Mat y) {
  const size_t k = (x.cols + kBlock - 1) / kBlock * kBlock;
  const Buffer memory(x.rows * k, Device::cpu), counts(x.rows * 2 * sizeof(float), Device::cpu);
  int8_t* q = static_cast<int8_t*>(memory.data());
  float* units = static_cast<float*>(counts.data());
  int32_t* excess =
      static_cast<int32_t*>(counts.data()) + x.rows;  // what codes, one above weights, count too much
  parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      int8_t* row = q + t * k;
      int32_t sum = 0;
      units[t] = round_row<float>(x.row<X>(t), x.cols, [&](size_t i, float v) {
        row[i] = static_cast<int8_t>(v);
        sum += row[i];
      });
      std::memset(row + x.cols, 0, k - x.cols);
      excess[t] = sum;
    }
  });
  const size_t pieces = (y.cols + kTaskColumns - 1) / kTaskColumns;
  parallel_for(pieces * ((x.rows + kTaskRows - 1) / kTaskRows), [&](size_t task) {
    const size_t col = task % pieces * kTaskColumns, row = task / pieces * kTaskRows;
    const size_t cols = std::min(kTaskColumns, y.cols - col), rows = std::min(kTaskRows, x.rows - row);
    int32_t sums[kTaskRows * kTaskColumns];
    ternary_kernel()({q + row * k, k, rows, packed + col * (k / 4), cols, k, sums, kTaskColumns});
    for (size_t t = 0; t < rows; ++t)
      for (size_t n = 0; n < cols; ++n)
        y.row<X>(row + t)[col + n] =
            static_cast<X>(static_cast<float>(sums[t * kTaskColumns + n] - excess[row + t]) *
                           (units[row + t] * s.row<float>(0)[col + n]));
  });
}

namespace reference {

void product(ConstMat q, ConstMat b, Mat y) {
  for (size_t t = 0; t < q.rows; ++t)
    for (size_t n = 0; n < b.rows; ++n) {
      double sum = 0;
      for (size_t k = 0; k < q.cols; ++k) sum += q.row<double>(t)[k] * b.row<double>(n)[k];
      y.row<double>(t)[n] = sum;
    }
}

void input_gradient(ConstMat dy, ConstMat b, Mat dx, bool accumulate) {
  if (!accumulate) fill_zero(Device::reference, dx);
  for (size_t t = 0; t < dy.rows; ++t)
    for (size_t n = 0; n < b.rows; ++n)
      for (size_t k = 0; k < b.cols; ++k) dx.row<double>(t)[k] += dy.row<double>(t)[n] * b.row<double>(n)[k];
}

void weight_gradient(ConstMat dy, ConstMat q, Mat dw, bool accumulate) {
  if (!accumulate) fill_zero(Device::reference, dw);
  for (size_t t = 0; t < dy.rows; ++t)
    for (size_t n = 0; n < dy.cols; ++n)
      for (size_t k = 0; k < q.cols; ++k) dw.row<double>(n)[k] += dy.row<double>(t)[n] * q.row<double>(t)[k];
}

}  // namespace reference

constinit Kernel<void(ConstMat, const Weight&, Mat)> units_kernel{"ternary_linear, units of the weight",
                                                                  weight_units<float>, weight_units<double>};
constinit Kernel<void(ConstMat, ConstMat, Mat)> round_weight_kernel{
    "ternary_linear, rounded weight",
    [](ConstMat w, ConstMat s, Mat b) {
      dispatch(b.dtype, [&]<class Q>() { round_weight<float, Q>(w, s, b); });
    },
    round_weight<double, double>};
constinit Kernel<void(ConstMat, ConstMat, uint8_t*)> pack_kernel{"ternary_linear, packed weight", pack_weight,
                                                                 nullptr};
constinit Kernel<void(ConstMat, Mat, Mat)> round_rows_kernel{
    "ternary_linear, rounded rows",
    [](ConstMat x, Mat q, Mat a) { dispatch(x.dtype, [&]<class X>() { round_rows<X, float>(x, q, a); }); },
    round_rows<double, double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat)> scale_kernel{
    "ternary_linear, scaled",
    [](ConstMat x, ConstMat rows, ConstMat cols, Mat y) {
      dispatch(x.dtype, [&]<class X>() {
        dispatch(y.dtype, [&]<class Y>() { scale_in<X, Y, float>(x, rows, cols, y); });
      });
    },
    scale_in<double, double, double>};
constinit Kernel<void(ConstMat, ConstMat, Mat)> product_kernel{"ternary_linear under a tape",
                                                               [](ConstMat q, ConstMat b, Mat y) {
                                                                 gemm({q}, {b, true}, y);
                                                               },
                                                               reference::product};
constinit Kernel<void(ConstMat, const uint8_t*, ConstMat, Mat)> inference_kernel{
    "ternary_linear",
    [](ConstMat x, const uint8_t* packed, ConstMat s, Mat y) {
      dispatch(x.dtype, [&]<class X>() { infer_in<X>(x, packed, s, y); });
    },
    nullptr};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> input_gradient_kernel{
    "ternary_linear, gradient of the input",
    [](ConstMat dy, ConstMat b, Mat dx, bool accumulate) { gemm({dy}, {b}, dx, accumulate); },
    reference::input_gradient};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> weight_gradient_kernel{
    "ternary_linear, gradient of the weight",
    [](ConstMat dy, ConstMat q, Mat dw, bool accumulate) {
      gemm({dy, true}, {q}, dw, accumulate);
    },
    reference::weight_gradient};

// What is derived from a weight, and of which values of it.
struct Rounded {
  uint64_t version = 0;
  Tensor units;  // [1, N]
  Tensor whole;  // [N, K] in the dtype of products, for training
  uint64_t packed_version = 0;
  Buffer packed;  // for inference
  Tensor packed_units;
};

Tensor units_of(const Weight& weight) {
  Output s(1, weight.rows, weight.master.dtype(), weight.device());
  units_kernel(weight.device(), weight.master.mat(), weight, s.mat());
  return constant("units of a ternary weight go straight through", std::move(s));
}

void hold(const Tensor& exact, const Output& whole, ConstMat units) {
  if (HeldRounding::current() != nullptr && exact.device() != Device::meta)
    HeldRounding::current()->visit(exact.mat(), whole.mat(), units);
}

// [N, 1] from [1, N]: the same memory.
ConstMat as_column(ConstMat m) { return {m.data, m.cols, 1, 1, m.dtype}; }

std::shared_ptr<Rounded> rounded_of(Weight& weight) {
  if (!weight.layouts) weight.layouts = std::make_shared<Rounded>();
  return std::static_pointer_cast<Rounded>(weight.layouts);
}

// The reference device rounds anew at every call: its weights move without a word.
void round_for_training(Weight& weight, Dtype dtype, Rounded& rounded) {
  if (rounded.version == weight.version && rounded.whole.dtype() == dtype &&
      weight.device() != Device::reference && HeldRounding::current() == nullptr)
    return;
  rounded.whole = Tensor();  // its memory first
  rounded.units = units_of(weight);
  Output b(weight.rows, weight.cols, dtype, weight.device());
  round_weight_kernel(weight.device(), weight.master.mat(), rounded.units.mat(), b.mat());
  hold(weight.master, b, as_column(rounded.units.mat()));
  rounded.whole = constant("a ternary weight, which gradients go straight through", std::move(b));
  rounded.version = weight.version;
}

void pack_for_inference(Weight& weight, Rounded& rounded) {
  if (rounded.packed_version == weight.version) return;
  rounded.packed_units = units_of(weight);
  rounded.packed = Buffer(weight.rows * ((weight.cols + kBlock - 1) / kBlock) * kBlockBytes, weight.device());
  pack_kernel(weight.device(), weight.master.mat(), rounded.packed_units.mat(),
              static_cast<uint8_t*>(rounded.packed.data()));
  rounded.packed_version = weight.version;
}

Tensor infer(const Tensor& x, Weight& weight) {
  const std::shared_ptr<Rounded> rounded = rounded_of(weight);
  pack_for_inference(weight, *rounded);
  Output y(x.rows(), weight.rows, x.dtype(), x.device());
  inference_kernel(x.device(), x.mat(), static_cast<const uint8_t*>(rounded->packed.data()),
                   rounded->packed_units.mat(), y.mat());
  return constant("without a tape nothing goes back", std::move(y));
}

thread_local HeldRounding* held_rounding = nullptr;

std::vector<double> values_of(ConstMat m) {
  std::vector<double> values(m.rows * m.cols);
  copy(Device::cpu, m, Mat(values.data(), m.rows, m.cols, m.cols, Dtype::f64));
  return values;
}

}  // namespace

HeldRounding::HeldRounding() : previous_(std::exchange(held_rounding, this)) {}
HeldRounding::~HeldRounding() { held_rounding = previous_; }
HeldRounding* HeldRounding::current() { return held_rounding; }

void HeldRounding::begin(Use use) {
  if (use == Use::record) calls_.clear();
  use_ = use;
  next_ = 0;
}

void HeldRounding::visit(ConstMat exact, Mat whole, ConstMat units) {
  if (use_ == Use::record) {
    const std::vector<double> was = values_of(exact), unit = values_of(units);
    Call& call = calls_.emplace_back(Call{values_of(whole), {}});
    for (size_t i = 0; i < was.size(); ++i)
      call.moved.push_back(unit[i / exact.cols] * call.whole[i] - was[i]);
    return;
  }
  BANTAM_ASSERT(whole.dtype == Dtype::f64 && next_ < calls_.size());
  const Call& call = calls_[next_++];
  BANTAM_ASSERT(call.whole.size() == exact.rows * exact.cols);
  for (size_t i = 0; i < exact.rows; ++i)
    for (size_t j = 0; j < exact.cols; ++j) {
      const size_t at = i * exact.cols + j;
      const double unit = *units.row<double>(i);
      double& to = whole.row<double>(i)[j];
      if (use_ == Use::repeat)
        to = call.whole[at];
      else
        to = unit > 0 ? (exact.row<double>(i)[j] + call.moved[at]) / unit : 0;
    }
}

Tensor ternary_linear(const Tensor& x, Weight& weight) {
  require(weight.cols == x.cols(), ErrorCode::invalid,
          "ternary_linear: weight {} is [{}, {}], wanted {} columns, the width of x", weight.name,
          weight.rows, weight.cols, x.cols());
  const Device device = x.device();
  const double flops = 2.0 * static_cast<double>(x.rows()) * static_cast<double>(weight.count());
  count_flops(device, flops);
  if (Tape::current() == nullptr && device != Device::reference) return infer(x, weight);

  const Dtype sums = device == Device::reference ? Dtype::f64 : Dtype::f32;
  const std::shared_ptr<Rounded> rounded = rounded_of(weight);
  round_for_training(weight, x.dtype(), *rounded);
  const Tensor s = rounded->units, b = rounded->whole;
  Output a_T(x.rows(), 1, sums, device), q_TK = like(x);
  round_rows_kernel(device, x.mat(), q_TK.mat(), a_T.mat());
  hold(x, q_TK, a_T.mat());
  Output y(x.rows(), weight.rows, x.dtype(), device);
  {
    Output sum_TN = x.dtype() == sums ? Output() : Output(x.rows(), weight.rows, sums, device);
    const Mat sum = x.dtype() == sums ? y.mat() : sum_TN.mat();
    product_kernel(device, q_TK.mat(), b.mat(), sum);
    scale_kernel(device, sum, a_T.mat(), s.mat(), y.mat());
  }
  const Tensor q = constant("rounded rows, for the way back", std::move(q_TK)),
               a = constant("their units, for the way back", std::move(a_T));
  return record(
      "ternary_linear", std::move(y), {&x},
      [kept = Kept(x), q, a, s, b, &weight, flops](Sink& sink, const Tensor& dy) {
        const Device where = dy.device();
        if (weight.trains()) {
          const Output scaled = like(dy);
          scale_kernel(where, dy.mat(), a.mat(), ConstMat(), scaled.mat());
          const GradientTarget dw = sink.into(weight);
          count_flops(where, flops);
          weight_gradient_kernel(where, scaled.mat(), q.mat(), dw.mat, dw.accumulate);
        }
        if (sink.wants(kept.handle())) {
          const Output scaled = like(dy);
          scale_kernel(where, dy.mat(), ConstMat(), s.mat(), scaled.mat());
          const GradientTarget dx = sink.into(kept.handle());
          count_flops(where, flops);
          input_gradient_kernel(where, scaled.mat(), b.mat(), dx.mat, dx.accumulate);
        }
      },
      weight.trains());
}

}  // namespace bantam
