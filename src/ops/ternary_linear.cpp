#include "ops/ternary_linear.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "base/threads.h"
#include "ops/gemm.h"
#include "ops/held_rounding.h"
#include "ops/row_sums.h"
#include "simd/ternary.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/ternary_linear.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

constexpr float kLargest = 127;

struct RowScale {
  float unit, scale;  // a_t, and 1 / a_t; scale 0: the row has no whole numbers but 0
};

// The unit is NaN where a value is not finite, and 0 of zeros and of next to nothing.
template <class X>
RowScale scale_of(const X* x, size_t count) {
  const size_t step = lanes();
  V largest = zero(), strange = zero();
  const auto look = [&](V v) HWY_ATTR {
    largest = hn::Max(largest, hn::Abs(v));
    strange = hn::Add(strange, hn::Mul(v, zero()));
  };
  size_t i = 0;
  for (; i + step <= count; i += step) look(load(x + i));
  if (i < count) look(load_tail(x + i, count - i));
  const float unknown = sum_lanes(strange);
  if (std::isnan(unknown)) return {unknown, 0};
  const float scale = kLargest / max_lane(largest);
  return std::isfinite(scale) ? RowScale{max_lane(largest) / kLargest, scale} : RowScale{0, 0};
}

void round_weight(ConstMat w, ConstMat s, Mat b) {
  dispatch(b.dtype, [&]<class Q>() {
    parallel_blocks(w.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      for (size_t n = begin; n < end; ++n) {
        const V unit = set(s.row<float>(0)[n]);
        map(
            w.cols, b.row<Q>(n),
            [unit](V v) HWY_ATTR {
              const V magnitude = hn::Abs(v);
              return hn::IfThenElseZero(hn::Gt(hn::Add(magnitude, magnitude), unit),
                                        hn::CopySign(set(1.0f), v));
            },
            w.row<float>(n));
      }
    });
  });
}

void round_rows(ConstMat x, Mat q, Mat a) {
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      for (size_t t = begin; t < end; ++t) {
        const RowScale row = scale_of(x.row<X>(t), x.cols);
        *a.row<float>(t) = row.unit;
        if (row.scale == 0) {
          std::fill_n(q.row<X>(t), q.cols, X(0.0f));
          continue;
        }
        map(
            x.cols, q.row<X>(t), [s = set(row.scale)](V v) HWY_ATTR { return hn::Round(hn::Mul(v, s)); },
            x.row<X>(t));
      }
    });
  });
}

// y = x · rows_t · cols_n; either factor may be absent.
void scale(ConstMat x, ConstMat rows_T, ConstMat cols_N, Mat y) {
  dispatch(x.dtype, [&]<class X>() {
    dispatch(y.dtype, [&]<class Y>() {
      parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
        for (size_t t = begin; t < end; ++t) {
          const V row = set(rows_T.data == nullptr ? 1.0f : *rows_T.row<float>(t));
          if (cols_N.data == nullptr)
            map(
                x.cols, y.row<Y>(t), [row](V v) HWY_ATTR { return hn::Mul(v, row); }, x.row<X>(t));
          else
            map(
                x.cols, y.row<Y>(t), [row](V v, V col) HWY_ATTR { return hn::Mul(v, hn::Mul(row, col)); },
                x.row<X>(t), cols_N.row<float>(0));
        }
      });
    });
  });
}

// A row in 8 bits, filled up with zeros; returns the sum of its whole numbers, which f32 holds exactly.
template <class X>
float round_to_bytes(const X* x, size_t count, float by, int8_t* q, size_t filled) {
  const F32Tag f32;
  const hn::Rebind<int8_t, F32Tag> i8;
  std::fill(q + count / lanes() * lanes(), q + filled, int8_t{0});
  if (by == 0) {
    std::fill_n(q, count, int8_t{0});
    return 0;
  }
  V sum = zero();
  const auto rounded = [&](V v) HWY_ATTR {
    const auto whole = hn::NearestInt(hn::Mul(v, set(by)));
    sum = hn::Add(sum, hn::ConvertTo(f32, whole));
    return hn::DemoteTo(i8, whole);
  };
  size_t i = 0;
  for (; i + lanes() <= count; i += lanes()) hn::StoreU(rounded(load(x + i)), i8, q + i);
  if (i < count) {
    HWY_ALIGN int8_t tail[16] = {};
    hn::StoreU(rounded(load_tail(x + i, count - i)), i8, tail);
    std::copy_n(tail, count - i, q + i);
  }
  return sum_lanes(sum);
}

constexpr size_t kTaskColumns = 64, kTaskRows = 64;

// What packed weights give, on rows of `k` bytes: y = a_t s_n (Σ q code − Σ q), codes being one above weights.
template <class X>
void whole_to_floats(const int32_t* sums, size_t cols, float unit, int32_t excess, const float* s, X* y) {
  const F32Tag f32;
  const hn::RebindToSigned<F32Tag> i32;
  const auto at = [&](size_t n, V s_N) HWY_ATTR {
    const auto whole = hn::Sub(hn::LoadU(i32, sums + n), hn::Set(i32, excess));
    return hn::Mul(hn::ConvertTo(f32, whole), hn::Mul(set(unit), s_N));
  };
  size_t n = 0;
  for (; n + lanes() <= cols; n += lanes()) store(at(n, load(s + n)), y + n);
  if (n < cols) store_tail(at(n, load_tail(s + n, cols - n)), y + n, cols - n);
}

void infer(ConstMat x, const uint8_t* packed, size_t k, ConstMat s, Mat y) {
  const Buffer bytes(x.rows * k, Device::cpu, BufferUse::scratch),
      numbers(x.rows * 2 * sizeof(float), Device::cpu, BufferUse::scratch);
  int8_t* q = static_cast<int8_t*>(bytes.data());
  float *units = static_cast<float*>(numbers.data()), *excess = units + x.rows;
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      for (size_t t = begin; t < end; ++t) {
        const RowScale row = scale_of(x.row<X>(t), x.cols);
        units[t] = row.unit;
        excess[t] = round_to_bytes(x.row<X>(t), x.cols, row.scale, q + t * k, k);
      }
    });
    const size_t pieces = (y.cols + kTaskColumns - 1) / kTaskColumns;
    parallel_for(pieces * ((x.rows + kTaskRows - 1) / kTaskRows), [&](size_t task) HWY_ATTR {
      const size_t col = task % pieces * kTaskColumns, row = task / pieces * kTaskRows;
      const size_t cols = std::min(kTaskColumns, y.cols - col), rows = std::min(kTaskRows, x.rows - row);
      alignas(64) int32_t sums[kTaskRows * kTaskColumns];
      ternary_kernel()({q + row * k, k, rows, packed + col * (k / 4), cols, k, sums, kTaskColumns});
      for (size_t t = 0; t < rows; ++t)
        whole_to_floats(sums + t * kTaskColumns, cols, units[row + t], static_cast<int32_t>(excess[row + t]),
                        s.row<float>(0) + col, y.row<X>(row + t) + col);
    });
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(round_weight);
HWY_EXPORT(round_rows);
HWY_EXPORT(scale);
HWY_EXPORT(infer);

constexpr size_t kSumBlock = 4096, kBlock = 256, kBlockBytes = 64;

// In f64 on both devices, so that they come to the same.
template <class T>
double mean_magnitude(const T* values, size_t count) {
  std::vector<double> sums((count + kSumBlock - 1) / kSumBlock);
  parallel_for(sums.size(), [&](size_t block) {
    const size_t end = std::min(count, (block + 1) * kSumBlock);
    for (size_t i = block * kSumBlock; i < end; ++i) sums[block] += std::abs(static_cast<double>(values[i]));
  });
  double sum = 0;
  for (const double block : sums) sum += block;
  return sum / static_cast<double>(count);
}

// The mean |w| of each part, for each of its rows; s: [1, N].
template <class T>
void weight_units(ConstMat w, const Weight& weight, Mat s) {
  for (const WeightPart& part : weight.parts)
    std::fill_n(s.row<T>(0) + part.offset / w.cols, part.count / w.cols,
                static_cast<T>(mean_magnitude(w.row<T>(0) + part.offset, part.count)));
}

// round(w / s) to −1, 0, 1 without the division: beyond half a unit it is a whole one.
int ternary_of(double w, double s) { return 2 * std::abs(w) > s ? (w > 0 ? 1 : -1) : 0; }

void pack_weight(ConstMat w, ConstMat s, uint8_t* packed) {
  const size_t blocks = (w.cols + kBlock - 1) / kBlock;
  parallel_blocks(w.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t n = begin; n < end; ++n)
      for (size_t at = 0; at < blocks * kBlockBytes; ++at) {
        const size_t first = at / kBlockBytes * kBlock + at % kBlockBytes;
        unsigned codes = 0;
        for (size_t i = 0; i < 4; ++i) {
          const size_t k = first + 64 * i;
          const int b = k < w.cols ? ternary_sign(w.row<float>(n)[k], s.row<float>(0)[n]) : 0;
          codes |= static_cast<unsigned>(b + 1) << 2 * i;
        }
        packed[n * blocks * kBlockBytes + at] = static_cast<uint8_t>(codes);
      }
  });
}

namespace reference {

void round_weight(ConstMat w, ConstMat s, Mat b) {
  for (size_t n = 0; n < w.rows; ++n)
    for (size_t k = 0; k < w.cols; ++k)
      b.row<double>(n)[k] = ternary_of(w.row<double>(n)[k], s.row<double>(0)[n]);
}

void round_rows(ConstMat x, Mat q, Mat a) {
  for (size_t t = 0; t < x.rows; ++t) {
    double largest = 0;
    for (size_t k = 0; k < x.cols; ++k) largest = std::max(largest, std::abs(x.row<double>(t)[k]));
    *a.row<double>(t) = largest / 127;
    for (size_t k = 0; k < x.cols; ++k)
      q.row<double>(t)[k] = largest > 0 ? std::nearbyint(x.row<double>(t)[k] * (127 / largest)) : 0;
  }
}

void scale(ConstMat x, ConstMat rows_T, ConstMat cols_N, Mat y) {
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t n = 0; n < x.cols; ++n)
      y.row<double>(t)[n] = x.row<double>(t)[n] * (rows_T.data == nullptr ? 1 : *rows_T.row<double>(t)) *
                            (cols_N.data == nullptr ? 1 : cols_N.row<double>(0)[n]);
}

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
    "ternary_linear, rounded weight", BANTAM_DISPATCH(round_weight), reference::round_weight};
constinit Kernel<void(ConstMat, ConstMat, uint8_t*)> pack_kernel{"ternary_linear, packed weight", pack_weight,
                                                                 nullptr};
constinit Kernel<void(ConstMat, Mat, Mat)> round_rows_kernel{
    "ternary_linear, rounded rows", BANTAM_DISPATCH(round_rows), reference::round_rows};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat)> scale_kernel{
    "ternary_linear, scaled", BANTAM_DISPATCH(scale), reference::scale};
constinit Kernel<void(ConstMat, ConstMat, Mat)> product_kernel{"ternary_linear under a tape",
                                                               [](ConstMat q, ConstMat b, Mat y) {
                                                                 gemm({q}, {b, true}, y);
                                                               },
                                                               reference::product};
constinit Kernel<void(ConstMat, const uint8_t*, size_t, ConstMat, Mat)> inference_kernel{
    "ternary_linear", BANTAM_DISPATCH(infer), nullptr};
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
  rounded.whole = rounded.units = Tensor();  // their memory first
  rounded.units = units_of(weight);
  Output b(weight.rows, weight.cols, dtype, weight.device());
  round_weight_kernel(weight.device(), weight.master.mat(), rounded.units.mat(), b.mat());
  hold(weight.master, b, as_column(rounded.units.mat()));
  rounded.whole = constant("a ternary weight, which gradients go straight through", std::move(b));
  rounded.version = weight.version;
}

void pack_for_inference(Weight& weight, Rounded& rounded) {
  if (rounded.packed_version == weight.version) return;
  rounded.packed_units = Tensor();
  rounded.packed = Buffer();
  rounded.packed_units = units_of(weight);
  rounded.packed = Buffer(packed_bytes(weight), weight.device());
  pack_kernel(weight.device(), weight.master.mat(), rounded.packed_units.mat(),
              static_cast<uint8_t*>(rounded.packed.data()));
  rounded.packed_version = weight.version;
}

// K filled up.
size_t packed_columns(const Weight& weight) { return (weight.cols + kBlock - 1) / kBlock * kBlock; }

Tensor infer(const Tensor& x, Weight& weight) {
  const std::shared_ptr<Rounded> rounded = rounded_of(weight);
  pack_for_inference(weight, *rounded);
  Output y(x.rows(), weight.rows, x.dtype(), x.device());
  inference_kernel(x.device(), x.mat(), static_cast<const uint8_t*>(rounded->packed.data()),
                   packed_columns(weight), rounded->packed_units.mat(), y.mat());
  return constant("without a tape nothing goes back", std::move(y));
}

}  // namespace

float ternary_unit(const float* values, size_t count) {
  return static_cast<float>(mean_magnitude(values, count));
}

size_t packed_bytes(const Weight& weight) { return weight.rows * packed_columns(weight) / 4; }

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
#endif
