#include "ops/rope.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

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
  size_t heads;
  bool backwards;
};

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// a' = a cos − b sin, b' = b cos + a sin; the way back turns by the opposite angle.
void rotate(const Turn& turn, ConstMat x, Mat y, bool accumulate) {
  const size_t half = turn.table->half;
  dispatch(x.dtype, [&]<class X>() {
    parallel_blocks(x.rows, kRowsPerTask, [&](size_t begin, size_t end) {
      for (size_t t = begin; t < end; ++t) {
        const float* cos = turn.table->row(static_cast<size_t>(turn.positions[t]));
        const float* sin = cos + half;
        const V sign = set(turn.backwards ? -1.0f : 1.0f);
        for (size_t h = 0; h < turn.heads; ++h) {
          const X *a = x.row<X>(t) + h * 2 * half, *b = a + half;
          X *ya = y.row<X>(t) + h * 2 * half, *yb = ya + half;
          const auto turn_a = [&](V va, V vb, V c, V s)
                                  HWY_ATTR { return hn::NegMulAdd(vb, hn::Mul(s, sign), hn::Mul(va, c)); };
          const auto turn_b = [&](V va, V vb, V c, V s)
                                  HWY_ATTR { return hn::MulAdd(va, hn::Mul(s, sign), hn::Mul(vb, c)); };
          map_into(half, ya, accumulate, turn_a, a, b, cos, sin);
          map_into(half, yb, accumulate, turn_b, a, b, cos, sin);
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

// The angle of pair i at a position, in f32 as Llama's reference code has it.
float angle_of(int32_t position, size_t i, size_t half, float base) {
  const float exponent = static_cast<float>(2 * i) / static_cast<float>(2 * half);
  const float frequency =
      1.0f / static_cast<float>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  return static_cast<float>(position) * frequency;
}

// The table of (base, half) with at least `positions` rows. Whoever holds an older, shorter one keeps it.
std::shared_ptr<const RopeTable> table_for(float base, size_t half, size_t positions) {
  static std::mutex lock;
  static std::map<std::pair<float, size_t>, std::shared_ptr<const RopeTable>> tables;
  std::lock_guard guard(lock);
  std::shared_ptr<const RopeTable>& table = tables[{base, half}];
  if (table != nullptr && table->positions >= positions) return table;
  size_t rows = table != nullptr ? table->positions : 512;
  while (rows < positions) rows *= 2;
  auto grown = std::make_shared<RopeTable>(RopeTable{rows, half, std::vector<float>(rows * 2 * half)});
  for (size_t i = 0; i < half; ++i)
    for (size_t p = 0; p < rows; ++p) {
      const double angle = angle_of(static_cast<int32_t>(p), i, half, base);
      grown->rows[p * 2 * half + i] = static_cast<float>(std::cos(angle));
      grown->rows[(p * 2 + 1) * half + i] = static_cast<float>(std::sin(angle));
    }
  table = std::move(grown);
  return table;
}

void reference_rotate(const Turn& turn, float base, ConstMat x, Mat y, bool accumulate) {
  const size_t half = x.cols / turn.heads / 2;
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t j = 0; j < turn.heads * half; ++j) {
      const size_t ia = j / half * 2 * half + j % half, ib = ia + half;
      const double angle = angle_of(turn.positions[t], j % half, half, base) * (turn.backwards ? -1.0 : 1.0);
      const double a = x.row<double>(t)[ia], b = x.row<double>(t)[ib];
      double &ya = y.row<double>(t)[ia], &yb = y.row<double>(t)[ib];
      ya = (accumulate ? ya : 0) + a * std::cos(angle) - b * std::sin(angle);
      yb = (accumulate ? yb : 0) + b * std::cos(angle) + a * std::sin(angle);
    }
}

constinit Kernel<void(const Turn&, float, ConstMat, Mat, bool)> rope_kernel{
    "rope",
    [](const Turn& turn, float, auto... a) {
      HWY_DYNAMIC_DISPATCH(rotate)
      (turn, a...);
    },
    reference_rotate};

}  // namespace

Tensor rope(const Tensor& x, size_t heads, std::span<const int32_t> positions, float base) {
  require(heads > 0 && x.cols() % (2 * heads) == 0, ErrorCode::invalid,
          "rope: {} columns in {} heads; wanted an even number of columns per head", x.cols(), heads);
  require(positions.size() == x.rows(), ErrorCode::invalid, "rope: {} positions for {} rows",
          positions.size(), x.rows());
  require(base > 1, ErrorCode::invalid, "rope: base is {}, wanted above 1", base);
  int32_t last = 0;
  for (const int32_t p : positions) {
    require(p >= 0 && p < kMaxPosition, ErrorCode::invalid, "rope: position {} is outside 0…{}", p,
            kMaxPosition - 1);
    last = std::max(last, p);
  }
  const Device device = x.device();
  const size_t half = x.cols() / heads / 2;
  const auto table = device == Device::cpu ? table_for(base, half, static_cast<size_t>(last) + 1) : nullptr;
  Output y = like(x);
  rope_kernel(device, Turn{table.get(), positions.data(), heads, false}, base, x.mat(), y.mat(), false);
  count_flops(device, 3.0 * static_cast<double>(x.rows() * x.cols()));
  if (!x.needs_gradient()) return record("rope", std::move(y), {&x}, {});
  const Buffer kept(positions.size() * sizeof(int32_t), Device::cpu);
  std::memcpy(kept.data(), positions.data(), positions.size() * sizeof(int32_t));
  return record("rope", std::move(y), {&x}, [x, heads, base, table, kept](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    const Turn turn{table.get(), static_cast<const int32_t*>(kept.data()), heads, true};
    rope_kernel(dy.device(), turn, base, dy.mat(), dx.mat, dx.accumulate);
    count_flops(dy.device(), 3.0 * static_cast<double>(x.rows() * x.cols()));
  });
}

}  // namespace bantam
#endif
