#include "ops/rope.h"

#include <gmock/gmock.h>

#include <cmath>
#include <thread>

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

std::vector<int32_t> positions_of(size_t rows, int32_t first) {
  std::vector<int32_t> positions(rows);
  for (size_t t = 0; t < rows; ++t) positions[t] = first + static_cast<int32_t>(t * 7 % 50);
  return positions;
}

OpCase make_case(size_t rows, size_t heads, size_t width, int32_t first = 0) {
  return {"rope " + std::to_string(rows) + "x" + std::to_string(heads) + "x" + std::to_string(width),
          {random_values(rows, heads * width, 1)},
          {},
          [=](auto& x, auto&) -> std::vector<Tensor> {
            return {rope(x[0], {heads}, positions_of(rows, first))};
          }};
}

TEST(Rope, GradientsDevicesThreads) {
  for (const size_t width : {2, 6, 16, 64, 184}) testing::check_op(make_case(37, 3, width));
  testing::check_op(make_case(1, 1, 64, 5000));
}

TEST(Rope, TurnsPairsOfHalvesByPositionTimesFrequency) {
  const OpCase c = make_case(2, 1, 4, 3);  // positions 3 and 10
  const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, false).results[0];
  const auto& x = c.inputs[0].data;
  for (const size_t t : {0, 1})
    for (const size_t i : {0, 1}) {
      const double angle = (t == 0 ? 3 : 10) * (i == 0 ? 1.0 : 0.01);
      const double a = x[4 * t + i], b = x[4 * t + 2 + i];
      EXPECT_NEAR(y[4 * t + i], a * std::cos(angle) - b * std::sin(angle), 1e-5);
      EXPECT_NEAR(y[4 * t + 2 + i], b * std::cos(angle) + a * std::sin(angle), 1e-5);
    }
}

TEST(Rope, SomeChannelsAndNeighbours) {
  for (const bool interleaved : {false, true})
    for (const auto& [first, width] : {std::pair<size_t, size_t>{0, 6}, {8, 6}, {3, 0}, {3, 4}}) {
      const RopeShape shape{3, 10000, first, width, interleaved, interleaved};
      testing::check_op(
          {"rope of a part",
           {random_values(37, 3 * (first == 3 ? 23 : 14), 1)},
           {},
           [=](auto& x, auto&) -> std::vector<Tensor> { return {rope(x[0], shape, positions_of(37, 0))}; }});
    }
  const OpCase c{"neighbours", {random_values(1, 6, 1)}, {}, [](auto& x, auto&) -> std::vector<Tensor> {
                   return {rope(x[0], {1, 10000, 2, 4, true, true}, std::vector<int32_t>{3})};
                 }};
  const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, false).results[0];
  const auto& v = c.inputs[0].data;
  EXPECT_EQ(y[0], v[0]);
  EXPECT_NEAR(y[2], v[2] * std::cos(3) - v[3] * std::sin(3), 1e-6);
  EXPECT_NEAR(y[5], v[5] * std::cos(0.03) + v[4] * std::sin(0.03), 1e-6);
}

TEST(Rope, ScaledFrequencies) {
  RopeScaling linear{.type = RopeScaling::Kind::linear, .factor = 4};
  RopeScaling llama3{.type = RopeScaling::Kind::llama3, .factor = 8, .original_context = 64};
  RopeScaling yarn{
      .type = RopeScaling::Kind::yarn, .factor = 4, .original_context = 64, .attention_factor = 1.2};
  for (const RopeScaling& scaling : {linear, llama3, yarn}) {
    RopeShape shape{2, 10000};
    shape.scaling = scaling;
    testing::check_op(
        {"scaled rope", {random_values(37, 2 * 16, 1)}, {}, [=](auto& x, auto&) -> std::vector<Tensor> {
           return {rope(x[0], shape, positions_of(37, 0))};
         }});
  }
  // The slowest of 8 pairs turns by position / 4 of its plain angle; the fastest keeps its own but under linear scaling.
  const auto angles = [](const RopeScaling& scaling) {
    RopeShape shape{1, 10000};
    shape.scaling = scaling;
    const OpCase c{"one", {random_values(1, 16, 1)}, {}, [=](auto& x, auto&) -> std::vector<Tensor> {
                     return {rope(x[0], shape, std::vector<int32_t>{1})};
                   }};
    const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, false).results[0];
    const auto& v = c.inputs[0].data;
    const auto turned = [&](size_t i) {
      return std::atan2(v[i] * y[i + 8] - v[i + 8] * y[i], v[i] * y[i] + v[i + 8] * y[i + 8]);
    };
    const double length = std::hypot(y[0], y[8]) / std::hypot(v[0], v[8]);
    return std::vector<double>{turned(0), turned(7), length};
  };
  const double slow = std::pow(10000, -14.0 / 16);
  const auto expect = [&](const RopeScaling& scaling, const std::vector<double>& want) {
    EXPECT_THAT(angles(scaling), ::testing::Pointwise(::testing::DoubleNear(1e-5), want));
  };
  expect(linear, {0.25, slow / 4, 1});
  expect(llama3, {1, slow / 8, 1});
  expect(yarn, {1, slow / 4, 1.2});
}

// q and k are views into one matrix: their gradients land in their columns, the others stay zero.
TEST(Rope, WorksOnColumnViews) {
  const OpCase views{
      "rope of views", {random_values(9, 40, 3)}, {}, [](auto& x, auto&) -> std::vector<Tensor> {
        const auto p = positions_of(9, 0);
        return {rope(x[0].columns(0, 16), {2, 500}, p), rope(x[0].columns(16, 8), {1, 500}, p)};
      }};
  testing::check_op(views);
  const auto r = testing::evaluate(views, Device::cpu, Dtype::f32);
  for (size_t t = 0; t < 9; ++t)
    for (size_t c = 24; c < 40; ++c) EXPECT_EQ(r.input_gradients[0][t * 40 + c], 0);
}

TEST(Rope, TableGrowsUnderConcurrentReaders) {
  const OpCase small = make_case(5, 1, 32), large = make_case(5, 1, 32, 70000);
  const auto want_small = testing::evaluate(small, Device::cpu, Dtype::f32, false).results;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        const OpCase c = n % 2 == i % 2 ? small : make_case(5, 1, 32, 1000 << n / 4);
        const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, false).results;
        if (n % 2 == i % 2) {
          EXPECT_EQ(y, want_small);
        }
      }
    });
  for (auto& t : threads) t.join();
  testing::check_cpu(large, Dtype::f32, 2e-6, 5e-6);
}

TEST(Rope, RefusesWhatItCannotTurn) {
  const Tensor x = testing::to_tensor(random_values(2, 6, 1), Device::cpu, Dtype::f32);
  EXPECT_THROW(rope(x, {2}, std::vector<int32_t>{0, 1}), Error);  // 3 columns a head
  EXPECT_THROW(rope(x, {1}, std::vector<int32_t>{0}), Error);     // one position missing
  EXPECT_THROW(rope(x, {1}, std::vector<int32_t>{0, -1}), Error);
  EXPECT_THROW(rope(x, {1}, std::vector<int32_t>{0, 1 << 24}), Error);
}

}  // namespace
}  // namespace bantam
