#include "ops/attention.h"

#include <cmath>
#include <numeric>

#include "ops/op_check.h"
#include "tensor/kernel.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using testing::Values;

Segments segments_of(const std::vector<size_t>& lengths) {
  Segments segments;
  size_t start = 0;
  for (const size_t length : lengths) {
    segments.push_back({start, length});
    start += length;
  }
  return segments;
}

AttentionShape shape_of(size_t heads, size_t kv_heads, size_t width, size_t window = 0) {
  return {heads, kv_heads, width, 1.0f / std::sqrt(static_cast<float>(width)), window};
}

// q, k and v as columns of one matrix, as a fused projection makes them, with columns of someone else in
// between.
OpCase make_case(const AttentionShape& shape, const std::vector<size_t>& lengths, double size = 1.0) {
  const size_t rows = std::accumulate(lengths.begin(), lengths.end(), size_t{0});
  const size_t q = shape.heads * shape.head_width, kv = shape.kv_heads * shape.head_width;
  return {fmt::format("attention {}:{} of {}, window {}, {} rows in {} segments", shape.heads, shape.kv_heads,
                      shape.head_width, shape.window, rows, lengths.size()),
          {random_values(rows, q + 2 * kv + 3, 1, size)},
          {},
          [=](auto& x, auto&) -> std::vector<Tensor> {
            return {attention(x[0].columns(0, q), x[0].columns(q + 3, kv), x[0].columns(q + kv + 3, kv),
                              shape, segments_of(lengths))};
          }};
}

TEST(Attention, GradientsAgainstFiniteDifferences) {
  testing::check_gradients(make_case(shape_of(4, 2, 6), {5, 1, 7}));
  testing::check_gradients(make_case(shape_of(3, 1, 5, 3), {9, 2}));
}

TEST(Attention, CpuAgainstReference) {
  for (const size_t width : {1, 7, 8, 16, 31, 64, 80, 128, 184, 256}) {
    const OpCase c = make_case(shape_of(4, 2, width), {70, 1, 33});
    testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
    testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
  }
}

TEST(Attention, HeadGroupsAndWindows) {
  for (const auto& [heads, kv_heads] : {std::pair<size_t, size_t>{1, 1}, {3, 1}, {8, 1}, {9, 3}, {5, 5}})
    for (const size_t window : {0, 1, 5, 64, 100}) {
      const OpCase c = make_case(shape_of(heads, kv_heads, 16, window), {150, 3, 64, 65});
      testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
      testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
    }
}

// One tensor as q, k and v: its three gradients add up.
TEST(Attention, SharedInputsAddTheirGradients) {
  const AttentionShape shape = shape_of(2, 2, 6);
  const OpCase c{
      "attention of one tensor", {random_values(11, 12, 1)}, {}, [=](auto& x, auto&) -> std::vector<Tensor> {
        return {attention(x[0], x[0], x[0], shape, segments_of({4, 7}))};
      }};
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
}

// A frozen q, k or v takes no gradient and changes nobody else's.
TEST(Attention, GradientsOfSomeInputsOnly) {
  const AttentionShape shape = shape_of(4, 2, 6);
  OpCase all{"attention of three tensors",
             {random_values(9, 24, 1), random_values(9, 12, 2), random_values(9, 12, 3)},
             {},
             [=](auto& x, auto&) -> std::vector<Tensor> {
               return {attention(x[0], x[1], x[2], shape, segments_of({9}))};
             }};
  for (const Device device : {Device::cpu, Device::reference}) {
    const Dtype dtype = device == Device::cpu ? Dtype::f32 : Dtype::f64;
    const auto want = testing::evaluate(all, device, dtype).input_gradients;
    for (size_t only = 0; only < 3; ++only) {
      OpCase some = all;
      some.without_gradient = {(only + 1) % 3, (only + 2) % 3};
      EXPECT_EQ(testing::evaluate(some, device, dtype).input_gradients[only], want[only]);
    }
  }
}

// Longer than one range of queries, so that gradients of keys are sums over ranges.
TEST(Attention, LongSegments) {
  for (const size_t window : {0, 200}) {
    const OpCase c = make_case(shape_of(2, 1, 8, window), {1100, 40});
    testing::check_cpu(c, Dtype::f32, 3e-6, 1e-5);
    testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
    testing::check_threads(c, Dtype::f32);
    testing::check_threads(c, Dtype::bf16);
  }
}

TEST(Attention, ManyShortSegments) {
  std::vector<size_t> lengths;
  for (size_t i = 0; i < 25; ++i) lengths.push_back(1 + i * 7 % 40);
  const OpCase c = make_case(shape_of(8, 2, 64), lengths);
  testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
  testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
  testing::check_threads(c, Dtype::f32);
  testing::check_threads(c, Dtype::bf16);
}

// Scores far from zero: the softmax must not overflow, and a row dominated by one key must stay exact.
TEST(Attention, LargeScores) {
  const OpCase c = make_case(shape_of(2, 2, 16), {100}, 30.0);
  testing::check_cpu(c, Dtype::f32, 1e-4, 5e-4);
}

std::vector<double> rows_of(const std::vector<double>& m, size_t cols, const Segment& s) {
  return {m.begin() + static_cast<ptrdiff_t>(s.start * cols),
          m.begin() + static_cast<ptrdiff_t>((s.start + s.length) * cols)};
}

TEST(Attention, PackedRowsEqualSeparateOnes) {
  const AttentionShape shape = shape_of(4, 2, 24, 0);
  const std::vector<size_t> lengths = {37, 1, 130, 64};
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
    const OpCase packed = make_case(shape, lengths);
    const auto whole = testing::evaluate(packed, Device::cpu, dtype);
    const size_t cols = packed.inputs[0].cols, y_cols = shape.heads * shape.head_width;
    for (const Segment& s : segments_of(lengths)) {
      OpCase alone = make_case(shape, {s.length});
      alone.inputs[0].data = rows_of(packed.inputs[0].data, cols, s);
      EXPECT_EQ(testing::evaluate(alone, Device::cpu, dtype).results[0],
                rows_of(whole.results[0], y_cols, s));
    }
  }
}

TEST(Attention, GradientsOfPackedRowsEqualSeparateOnes) {
  const AttentionShape shape = shape_of(4, 2, 24, 0);
  const std::vector<size_t> lengths = {37, 1, 130, 64};
  const OpCase packed = make_case(shape, lengths);
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
    const auto whole = testing::evaluate(packed, Device::cpu, dtype);
    const Values seed = testing::random_values(232, 96, 1000, 0.7);
    for (const Segment& s : segments_of(lengths)) {
      const Values x{s.length, packed.inputs[0].cols,
                     rows_of(packed.inputs[0].data, packed.inputs[0].cols, s)};
      const Values g{s.length, 96, rows_of(seed.data, 96, s)};
      Tape tape;
      const Tensor leaf = tape.watch(testing::to_tensor(x, Device::cpu, dtype));
      const Tensor y =
          attention(leaf.columns(0, 96), leaf.columns(99, 48), leaf.columns(147, 48), shape, {{0, s.length}});
      tape.backward({y}, {testing::to_tensor(g, Device::cpu, dtype)});
      const auto want = rows_of(whole.input_gradients[0], packed.inputs[0].cols, s);
      EXPECT_EQ(testing::to_doubles(tape.gradient(leaf).mat()), want);
    }
  }
}

TEST(Attention, NothingLooksPastItsSegmentOrAhead) {
  const AttentionShape shape = shape_of(2, 1, 16, 0);
  const OpCase c = make_case(shape, {20, 20});
  OpCase moved = c;
  for (size_t col = 0; col < c.inputs[0].cols; ++col) moved.inputs[0].data[30 * c.inputs[0].cols + col] += 1;
  const auto a = testing::evaluate(c, Device::cpu, Dtype::f32, false).results[0];
  const auto b = testing::evaluate(moved, Device::cpu, Dtype::f32, false).results[0];
  for (size_t t = 0; t < 40; ++t) {
    const bool same = std::equal(a.begin() + t * 32, a.begin() + (t + 1) * 32, b.begin() + t * 32);
    EXPECT_EQ(same, t < 30) << t;
  }
}

TEST(Attention, MemoryComesFromTheArenaOnce) {
  const OpCase c = make_case(shape_of(4, 2, 32), {700, 30});
  testing::evaluate(c, Device::cpu, Dtype::bf16);
  const uint64_t before = arena_use(Device::cpu).system_calls;
  testing::evaluate(c, Device::cpu, Dtype::bf16);
  EXPECT_EQ(arena_use(Device::cpu).system_calls, before);
}

TEST(Attention, MetaCountsPairsThatMeet) {
  const auto flops = [](const AttentionShape& shape, const std::vector<size_t>& lengths) {
    const OpCase c = make_case(shape, lengths);
    std::vector<Tensor> inputs = {testing::to_tensor(c.inputs[0], Device::meta, Dtype::bf16)};
    std::vector<Weight> weights;
    Tape tape;
    inputs[0] = tape.watch(inputs[0]);
    const double start = meter().flops;
    const Tensor y = c.function(inputs, weights)[0];
    const double forward = meter().flops - start;
    tape.backward({y}, {y});
    EXPECT_EQ(meter().flops - start, 3.5 * forward);
    return forward;
  };
  EXPECT_EQ(flops(shape_of(4, 2, 8), {3}), 4.0 * 8 * 4 * 6);
  EXPECT_EQ(flops(shape_of(4, 2, 8), {3, 3}), 4.0 * 8 * 4 * 12);
  EXPECT_EQ(flops(shape_of(1, 1, 1, 2), {4}), 4.0 * 7);
}

TEST(Attention, RefusesWhatDoesNotFit) {
  const auto tensor = [](size_t rows, size_t cols, Dtype dtype = Dtype::f32) {
    return testing::to_tensor(random_values(rows, cols, 1), Device::cpu, dtype);
  };
  const AttentionShape shape = shape_of(4, 2, 8);
  const Tensor q = tensor(3, 32), kv = tensor(3, 16);
  EXPECT_THROW(attention(q, kv, kv, shape_of(4, 3, 8), {{0, 3}}), Error);
  EXPECT_THROW(attention(q, kv, kv, shape_of(4, 2, 7), {{0, 3}}), Error);
  EXPECT_THROW(attention(q, kv, tensor(2, 16), shape, {{0, 3}}), Error);
  EXPECT_THROW(attention(q, kv, tensor(3, 16, Dtype::bf16), shape, {{0, 3}}), Error);
  EXPECT_THROW(attention(q, kv, kv, shape, {{0, 2}}), Error);
  EXPECT_THROW(attention(q, kv, kv, shape, {{0, 2}, {1, 1}}), Error);
  AttentionShape unscaled = shape;
  unscaled.scale = 0;
  EXPECT_THROW(attention(q, kv, kv, unscaled, {{0, 3}}), Error);
}

}  // namespace
}  // namespace bantam
