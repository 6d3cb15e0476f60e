#include "ops/causal_conv.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "ops/recurrence.h"
#include "ops/row_sums.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/causal_conv.cpp"
#include "simd/foreach_target.h"

#ifndef BANTAM_OPS_CAUSAL_CONV_ONCE
#define BANTAM_OPS_CAUSAL_CONV_ONCE
namespace bantam {
namespace {

// taps: [W, C], one row a tap. bias: [1, C], or empty. before: the f32 rows before each segment, or null where they are
// zero. position[t]: of row t within its segment; its segment is segment[t].
struct Filter {
  ConstMat taps, bias;
  const float* const* before;
  const size_t *position, *segment;
};

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

void forward(ConstMat x, const Filter& f, Mat y) {
  const size_t width = f.taps.rows, channels = x.cols;
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) HWY_ATTR {
      float* sum = thread_scratch<float>(0, channels).data();
      for (size_t t = begin; t < end; ++t) {
        if (f.bias.data != nullptr)
          std::memcpy(sum, f.bias.row<float>(0), channels * sizeof(float));
        else
          std::fill_n(sum, channels, 0.0f);
        const auto add = [&](size_t k, const auto* row) HWY_ATTR {
          map(
              channels, sum, [](V s, V w, V v) HWY_ATTR { return hn::MulAdd(w, v, s); },
              static_cast<const float*>(sum), f.taps.row<float>(k), row);
        };
        for (size_t k = 0; k < width; ++k) {
          const size_t back = width - 1 - k, at = f.position[t];
          if (back <= at)
            add(k, x.row<X>(t - back));
          else if (f.before != nullptr)
            add(k, f.before[f.segment[t]] + (width - 1 + at - back) * channels);
        }
        map(
            channels, y.row<X>(t), [](V v) HWY_ATTR { return v; }, static_cast<const float*>(sum));
      }
    });
  });
}

// dx[t] = Σ_k w[k] dy[t + W − 1 − k], as far as the segment goes; dtaps [1, W C] and dbias [1, C] side by side in `sums`.
// ends[t]: rows of t's segment behind t.
void backward(ConstMat dy, ConstMat x, const Filter& f, const size_t* ends, Mat dx, bool add_dx, Mat sums) {
  const size_t width = f.taps.rows, channels = x.cols;
  dispatch(x.dtype, [&]<class X>() {
    sum_over_rows(x.rows, sums, false, [&](size_t t, float* partial) HWY_ATTR {
      if (dx.data != nullptr) {
        float* sum = thread_scratch<float>(0, channels).data();
        std::fill_n(sum, channels, 0.0f);
        for (size_t k = 0; k < width; ++k) {
          const size_t ahead = width - 1 - k;
          if (ahead > ends[t]) continue;
          map(
              channels, sum, [](V s, V w, V d) HWY_ATTR { return hn::MulAdd(w, d, s); },
              static_cast<const float*>(sum), f.taps.row<float>(k), dy.row<X>(t + ahead));
        }
        map_into(
            channels, dx.row<X>(t), add_dx, [](V v) HWY_ATTR { return v; }, static_cast<const float*>(sum));
      }
      if (partial == nullptr) return;
      for (size_t k = 0; k < width; ++k) {
        const size_t back = width - 1 - k;
        if (back > f.position[t]) continue;
        float* to = partial + k * channels;
        map(
            channels, to, [](V s, V d, V v) HWY_ATTR { return hn::MulAdd(d, v, s); },
            static_cast<const float*>(to), dy.row<X>(t), x.row<X>(t - back));
      }
      float* to = partial + width * channels;
      map(
          channels, to, [](V s, V d) HWY_ATTR { return hn::Add(s, d); }, static_cast<const float*>(to),
          dy.row<X>(t));
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

void forward(ConstMat x, const Filter& f, Mat y) {
  const size_t width = f.taps.rows;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t c = 0; c < x.cols; ++c) {
      double sum = f.bias.data == nullptr ? 0 : f.bias.row<double>(0)[c];
      for (size_t back = 0; back < width && back <= f.position[t]; ++back)
        sum += f.taps.row<double>(width - 1 - back)[c] * x.row<double>(t - back)[c];
      y.row<double>(t)[c] = sum;
    }
}

void backward(ConstMat dy, ConstMat x, const Filter& f, const size_t*, Mat dx, bool add_dx, Mat sums) {
  const size_t width = f.taps.rows;
  if (dx.data != nullptr && !add_dx) fill_zero(Device::reference, dx);
  if (sums.data != nullptr) fill_zero(Device::reference, sums);
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t c = 0; c < x.cols; ++c) {
      const double d = dy.row<double>(t)[c];
      for (size_t back = 0; back < width && back <= f.position[t]; ++back) {
        const size_t k = width - 1 - back;
        if (dx.data != nullptr) dx.row<double>(t - back)[c] += f.taps.row<double>(k)[c] * d;
        if (sums.data != nullptr) sums.row<double>(0)[k * x.cols + c] += d * x.row<double>(t - back)[c];
      }
      if (sums.data != nullptr) sums.row<double>(0)[width * x.cols + c] += d;
    }
}

}  // namespace reference

constinit Kernel<void(ConstMat, const Filter&, Mat)> conv_kernel{"causal_conv", BANTAM_DISPATCH(forward),
                                                                 reference::forward};
constinit Kernel<void(ConstMat, ConstMat, const Filter&, const size_t*, Mat, bool, Mat)> conv_backward{
    "causal_conv backward", BANTAM_DISPATCH(backward), reference::backward};

// Where each row stands: [position, segment, rows behind], each of T.
struct Rows {
  std::vector<size_t> position, segment, behind;
  explicit Rows(const Segments& segments) {
    for (size_t s = 0; s < segments.size(); ++s)
      for (size_t i = 0; i < segments[s].length; ++i) {
        position.push_back(i);
        segment.push_back(s);
        behind.push_back(segments[s].length - 1 - i);
      }
  }
};

template <class T>
void transpose(const T* from, size_t rows, size_t cols, T* to, bool accumulate) {
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; ++j)
      to[j * rows + i] = accumulate ? to[j * rows + i] + from[i * cols + j] : from[i * cols + j];
}

void transpose(Device device, const void* from, size_t rows, size_t cols, const Mat& to, bool accumulate) {
  if (device == Device::meta) return;
  if (to.dtype == Dtype::f64)
    transpose(static_cast<const double*>(from), rows, cols, to.row<double>(0), accumulate);
  else
    transpose(static_cast<const float*>(from), rows, cols, to.row<float>(0), accumulate);
}

// The taps as [W, C].
Output tap_rows(const Weight& taps, size_t channels) {
  const Device device = taps.device();
  Output rows(taps.count() / channels, channels, taps.master.dtype(), device);
  transpose(device, taps.master.mat().data, channels, taps.count() / channels, rows.mat(), false);
  return rows;
}

void check(const Tensor& x, const Weight& taps, const Weight* bias, const Segments& segments) {
  require(taps.count() > 0 && taps.count() % x.cols() == 0, ErrorCode::invalid,
          "causal_conv: {} has {} values, wanted as many for each of {} channels", taps.name, taps.count(),
          x.cols());
  require(bias == nullptr || bias->count() == x.cols(), ErrorCode::invalid,
          "causal_conv: the bias has {} values, wanted {}", bias == nullptr ? 0 : bias->count(), x.cols());
  check_segments("causal_conv", segments, x.rows());
}

Output run(const Tensor& x, const Weight& taps, const Weight* bias, const Segments& segments,
           const float* const* before) {
  check(x, taps, bias, segments);
  Output y = like(x);
  const Output rows = tap_rows(taps, x.cols());
  const Rows where(segments);
  const Filter filter{rows.mat(), bias == nullptr ? ConstMat() : bias->master.mat(), before,
                      where.position.data(), where.segment.data()};
  conv_kernel(x.device(), x.mat(), filter, y.mat());
  count_flops(x.device(), 2.0 * static_cast<double>(x.rows() * taps.count()));
  return y;
}

}  // namespace

Tensor causal_conv(const Tensor& x, Weight& taps, Weight* bias, const Segments& segments) {
  return record(
      "causal_conv", run(x, taps, bias, segments, nullptr), {&x},
      [x, &taps, bias, segments](Sink& sink, const Tensor& dy) {
        const size_t channels = x.cols(), width = taps.count() / channels;
        const bool bias_learns = bias != nullptr && bias->trains(), learns = taps.trains() || bias_learns;
        const GradientTarget dx = sink.into_wanted(x);
        const Output rows = tap_rows(taps, channels);
        const Output sums =
            learns ? Output(1, (width + 1) * channels, taps.master.dtype(), dy.device()) : Output();
        const Rows where(segments);
        const Filter filter{rows.mat(), ConstMat(), nullptr, where.position.data(), where.segment.data()};
        conv_backward(dy.device(), dy.mat(), x.mat(), filter, where.behind.data(), dx.mat, dx.accumulate,
                      learns ? sums.mat() : Mat());
        count_flops(dy.device(), 4.0 * static_cast<double>(x.rows() * taps.count()));
        if (taps.trains()) {
          const GradientTarget target = sink.into(taps);
          transpose(dy.device(), sums.mat().data, width, channels, target.mat, target.accumulate);
        }
        if (bias_learns) {
          const GradientTarget target = sink.into(*bias);
          copy(dy.device(), sums.mat().slice_cols(width * channels, channels), target.mat, target.accumulate);
        }
      },
      taps.trains() || (bias != nullptr && bias->trains()));
}

Tensor causal_conv_step(const Tensor& x, Weight& taps, Weight* bias, const Segments& segments,
                        std::span<float* const> carried) {
  require(carried.size() == segments.size(), ErrorCode::invalid, "causal_conv: {} states for {} segments",
          carried.size(), segments.size());
  Output y = run(x, taps, bias, segments, carried.data());
  const size_t before = taps.count() / x.cols() - 1, cols = x.cols();
  for (size_t s = 0; s < segments.size(); ++s) {
    const auto [start, length] = segments[s];
    const size_t taken = std::min(before, length), kept = before - taken;
    std::memmove(carried[s], carried[s] + taken * cols, kept * cols * sizeof(float));
    if (taken > 0)
      copy(x.device(), x.mat().slice_rows(start + length - taken, taken),
           Mat(carried[s] + kept * cols, taken, cols, cols, Dtype::f32));
  }
  return constant("decoding keeps no gradients", std::move(y));
}

}  // namespace bantam
#endif
