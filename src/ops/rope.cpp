#include "ops/rope.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>
#include <tuple>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/rope.cpp"
#include "simd/foreach_target.h"

#ifndef BANTAM_OPS_ROPE_ONCE
#define BANTAM_OPS_ROPE_ONCE
namespace bantam {
namespace {

// Row p: cos of the K/2 angles of position p, then their sines.
struct RopeTable {
  size_t positions, half;
  std::vector<float> rows;
  const float* row(size_t position) const { return rows.data() + position * 2 * half; }
};

// Which way the pairs turn, and by which rows of which table.
struct Turn {
  const RopeTable* table;
  const int32_t* positions;
  RopeShape shape;  // its width is not 0
  bool backwards;
};

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// a' = a cos − b sin, b' = b cos + a sin; the way back turns by the opposite angle.
template <class X>
HWY_INLINE void turn_halves(size_t half, const float* cos, const float* sin, bool backwards, const X* x, X* y,
                            bool accumulate) {
  const V sign = set(backwards ? -1.0f : 1.0f);
  const auto turn_a = [&](V a, V b, V c, V s)
                          HWY_ATTR { return hn::NegMulAdd(b, hn::Mul(s, sign), hn::Mul(a, c)); };
  const auto turn_b = [&](V a, V b, V c, V s)
                          HWY_ATTR { return hn::MulAdd(a, hn::Mul(s, sign), hn::Mul(b, c)); };
  map_into(half, y, accumulate, turn_a, x, x + half, cos, sin);
  map_into(half, y + half, accumulate, turn_b, x, x + half, cos, sin);
}

template <class X>
HWY_INLINE void turn_neighbours(size_t half, const float* cos, const float* sin, bool backwards, const X* x,
                                X* y, bool accumulate) {
  for (size_t i = 0; i < half; ++i) {
    const float a = static_cast<float>(x[2 * i]), b = static_cast<float>(x[2 * i + 1]);
    const float s = backwards ? -sin[i] : sin[i];
    const float ya = a * cos[i] - b * s, yb = b * cos[i] + a * s;
    y[2 * i] = X(accumulate ? static_cast<float>(y[2 * i]) + ya : ya);
    y[2 * i + 1] = X(accumulate ? static_cast<float>(y[2 * i + 1]) + yb : yb);
  }
}

template <class X>
HWY_INLINE void keep(size_t count, const X* x, X* y, bool accumulate) {
  map_into(
      count, y, accumulate, [](V v) HWY_ATTR { return v; }, x);
}

void rotate(const Turn& turn, ConstMat x, Mat y, bool accumulate) {
  const RopeShape& shape = turn.shape;
  const size_t half = shape.width / 2, head = x.cols / shape.heads, after = shape.first + shape.width;
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
      for (size_t t = begin; t < end; ++t) {
        const float* cos = turn.table->row(static_cast<size_t>(turn.positions[t]));
        const float* sin = cos + half;
        for (size_t h = 0; h < shape.heads; ++h) {
          const X* from = x.row<X>(t) + h * head;
          X* to = y.row<X>(t) + h * head;
          keep(shape.first, from, to, accumulate);
          (shape.interleaved ? turn_neighbours<X> : turn_halves<X>)(half, cos, sin, turn.backwards,
                                                                    from + shape.first, to + shape.first,
                                                                    accumulate);
          keep(head - after, from + after, to + after, accumulate);
        }
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

HWY_EXPORT(rotate);

// Positions above this are not whole numbers in f32.
constexpr int32_t kMaxPosition = 1 << 24;

// The share that a pair keeps of its frequency f, of the pairs 0 ≤ i < half; the rest of it is divided by the factor.
double kept_share(const RopeShape& shape, size_t i, double f) {
  const RopeScaling& c = shape.scaling;
  const double context = static_cast<double>(c.original_context), turn = 2 * std::numbers::pi;
  if (c.type == RopeScaling::Kind::llama3)
    return std::clamp((context * f / turn - c.low_freq_factor) / (c.high_freq_factor - c.low_freq_factor),
                      0.0, 1.0);
  if (c.type != RopeScaling::Kind::yarn) return 0;
  const double width = static_cast<double>(shape.width);
  const auto pair_that_turns = [&](double times) {
    return width * std::log(context / (times * turn)) / (2 * std::log(static_cast<double>(shape.base)));
  };
  double first = pair_that_turns(c.beta_fast), last = pair_that_turns(c.beta_slow);
  if (c.truncate) first = std::floor(first), last = std::ceil(last);
  first = std::max(first, 0.0), last = std::min(last, width - 1);
  if (first == last) last += 0.001;  // as the paper's code has it
  return 1 - std::clamp((static_cast<double>(i) - first) / (last - first), 0.0, 1.0);
}

// Of pair i, in f64, or as f32 has it.
double frequency_of(const RopeShape& shape, size_t i) {
  const double base = shape.base, half = static_cast<double>(shape.width / 2);
  double f = 0;
  if (shape.f64_angles)
    f = std::pow(base, -static_cast<double>(i) / half);
  else
    f = 1.0f / static_cast<float>(std::pow(
                   base, static_cast<double>(static_cast<float>(2 * i) / static_cast<float>(shape.width))));
  if (shape.scaling.type == RopeScaling::Kind::none) return f;
  const double share = kept_share(shape, i, f);
  const double scaled = share * f + (1 - share) * f / shape.scaling.factor;
  return shape.f64_angles ? scaled : static_cast<float>(scaled);
}

double angle_of(const RopeShape& shape, int32_t position, double frequency) {
  return shape.f64_angles ? position * frequency
                          : static_cast<float>(position) * static_cast<float>(frequency);
}

// Cosines and sines are multiplied by it.
double length_of(const RopeShape& shape) {
  return shape.scaling.type == RopeScaling::Kind::yarn ? shape.scaling.attention_factor : 1;
}

// The table of the shape with at least `positions` rows. Whoever holds an older, shorter one keeps it.
std::shared_ptr<const RopeTable> table_for(const RopeShape& shape, size_t positions) {
  const size_t half = shape.width / 2;
  static std::mutex lock;
  static std::map<std::tuple<float, size_t, bool, RopeScaling>, std::shared_ptr<const RopeTable>> tables;
  std::lock_guard guard(lock);
  std::shared_ptr<const RopeTable>& table = tables[{shape.base, half, shape.f64_angles, shape.scaling}];
  if (table != nullptr && table->positions >= positions) return table;
  size_t rows = table != nullptr ? table->positions : 512;
  while (rows < positions) rows *= 2;
  auto grown = std::make_shared<RopeTable>(RopeTable{rows, half, std::vector<float>(rows * 2 * half)});
  const double length = length_of(shape);
  for (size_t i = 0; i < half; ++i) {
    const double frequency = frequency_of(shape, i);
    for (size_t p = 0; p < rows; ++p) {
      const double angle = angle_of(shape, static_cast<int32_t>(p), frequency);
      grown->rows[p * 2 * half + i] = static_cast<float>(length * std::cos(angle));
      grown->rows[(p * 2 + 1) * half + i] = static_cast<float>(length * std::sin(angle));
    }
  }
  table = std::move(grown);
  return table;
}

void reference_rotate(const Turn& turn, ConstMat x, Mat y, bool accumulate) {
  const RopeShape& shape = turn.shape;
  const size_t half = shape.width / 2, head = x.cols / shape.heads;
  const double length = length_of(shape);
  for (size_t t = 0; t < x.rows; ++t) {
    const double* from = x.row<double>(t);
    double* to = y.row<double>(t);
    const auto put = [&](size_t at, double value) { to[at] = (accumulate ? to[at] : 0) + value; };
    for (size_t c = 0; c < x.cols; ++c)
      if (c % head < shape.first || c % head >= shape.first + shape.width) put(c, from[c]);
    for (size_t j = 0; j < shape.heads * half; ++j) {
      const size_t i = j % half, start = j / half * head + shape.first;
      const size_t ia = start + (shape.interleaved ? 2 * i : i), ib = ia + (shape.interleaved ? 1 : half);
      const double angle =
          angle_of(shape, turn.positions[t], frequency_of(shape, i)) * (turn.backwards ? -1.0 : 1.0);
      const double cos = length * std::cos(angle), sin = length * std::sin(angle);
      const double a = from[ia], b = from[ib];
      put(ia, a * cos - b * sin);
      put(ib, b * cos + a * sin);
    }
  }
}

constinit Kernel<void(const Turn&, ConstMat, Mat, bool)> rope_kernel{"rope", BANTAM_DISPATCH(rotate),
                                                                     reference_rotate};

}  // namespace

Tensor rope(const Tensor& x, const RopeShape& given, std::span<const int32_t> positions) {
  require(given.heads > 0 && x.cols() % given.heads == 0, ErrorCode::invalid, "rope: {} columns in {} heads",
          x.cols(), given.heads);
  const size_t head = x.cols() / given.heads;
  RopeShape shape = given;
  if (shape.width == 0) shape.width = head - std::min(head, shape.first);
  require(shape.width > 0 && shape.width % 2 == 0 && shape.first + shape.width <= head, ErrorCode::invalid,
          "rope: turns {} channels from {} on in a head of {}; wanted an even number, within the head",
          shape.width, shape.first, head);
  require(positions.size() == x.rows(), ErrorCode::invalid, "rope: {} positions for {} rows",
          positions.size(), x.rows());
  require(shape.base > 1, ErrorCode::invalid, "rope: base is {}, wanted above 1", shape.base);
  int32_t last = 0;
  for (const int32_t p : positions) {
    require(p >= 0 && p < kMaxPosition, ErrorCode::invalid, "rope: position {} is outside 0…{}", p,
            kMaxPosition - 1);
    last = std::max(last, p);
  }
  const Device device = x.device();
  const auto table = device == Device::cpu ? table_for(shape, static_cast<size_t>(last) + 1) : nullptr;
  const double flops = 3.0 * static_cast<double>(x.rows() * shape.heads * shape.width);
  Output y = like(x);
  rope_kernel(device, Turn{table.get(), positions.data(), shape, false}, x.mat(), y.mat(), false);
  count_flops(device, flops);
  if (!x.needs_gradient()) return record("rope", std::move(y), {&x}, {});
  const Buffer kept(positions.size() * sizeof(int32_t), device);
  if (device != Device::meta) std::memcpy(kept.data(), positions.data(), positions.size() * sizeof(int32_t));
  return record("rope", std::move(y), {&x}, [x, shape, table, kept, flops](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    const Turn turn{table.get(), static_cast<const int32_t*>(kept.data()), shape, true};
    rope_kernel(dy.device(), turn, dy.mat(), dx.mat, dx.accumulate);
    count_flops(dy.device(), flops);
  });
}

}  // namespace bantam
#endif
