#include "ops/halting.h"

#include "ops/op_check.h"
#include "ops/side_by_side.h"
#include "ops/token_shift.h"

namespace bantam {
namespace {

using testing::random_values;
using testing::uniform_values;
using Tensors = std::vector<Tensor>;

void check_f32(const testing::OpCase& c) {
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
}

TEST(Halting, ExitDistribution) {
  check_f32({"exits", {random_values(11, 3, 1, 2.0)}, {}, [](auto& x, auto&) -> Tensors {
               return {exit_distribution(x[0])};
             }});
  const auto p = testing::evaluate({"exits",
                                    {random_values(11, 3, 1, 2.0)},
                                    {},
                                    [](auto& x, auto&) -> Tensors { return {exit_distribution(x[0])}; }},
                                   Device::cpu, Dtype::f32)
                     .results[0];
  for (size_t t = 0; t < 11; ++t)
    EXPECT_NEAR(p[4 * t] + p[4 * t + 1] + p[4 * t + 2] + p[4 * t + 3], 1.0, 1e-6);
}

TEST(Halting, WeightsAndSideBySide) {
  for (const double floor_share : {0.0, 0.3}) {
    testing::OpCase c{
        "exit_weights", {random_values(7, 3, 2), random_values(7, 1, 3)}, {}, [=](auto& x, auto&) -> Tensors {
          return {exit_weights(x[0], x[1].detached(), floor_share)};
        }};
    c.without_gradient = {1};
    check_f32(c);
  }
  check_f32(
      {"side_by_side", {random_values(7, 1, 2), random_values(7, 1, 3)}, {}, [](auto& x, auto&) -> Tensors {
         return {side_by_side({x[0], x[1], x[0]})};
       }});
}

TEST(Halting, DivergenceIsARoot) {
  for (const std::vector<double>& log_prior : {std::vector<double>{0, 0, 0}, {-0.9, -1.4, -1.1}}) {
    testing::OpCase c{
        "divergence",
        {uniform_values(7, 3, 2, 0.05, 0.9), random_values(7, 1, 3)},
        {},
        [=](auto& x, auto&) -> Tensors { return {exit_divergence(x[0], x[1].detached(), log_prior, 0.7)}; }};
    c.without_gradient = {1};
    c.results_are_roots = true;
    check_f32(c);
  }
}

TEST(Halting, GainIsARoot) {
  testing::OpCase c{
      "gain",
      {random_values(7, 2, 2), random_values(7, 1, 3), random_values(7, 3, 4)},
      {},
      [](auto& x, auto&) -> Tensors { return {gain_loss(x[0], x[2].detached(), x[1].detached(), 3, 0.1)}; }};
  c.without_gradient = {1, 2};
  c.results_are_roots = true;
  check_f32(c);
}

// A step that gains nothing ought to be done without, one that gains much ought to be taken: there the loss is least.
TEST(Halting, GainPrefersTheStepsThatHelp) {
  const auto loss = [](double z, double before, double after) {
    const auto one = [](std::vector<double> values) {
      testing::Values v{1, values.size(), values};
      return testing::to_tensor(v, Device::reference, Dtype::f64);
    };
    return *gain_loss(one({z}), one({before, after}), one({1}), 50, 0.005).mat().row<double>(0);
  };
  EXPECT_LT(loss(3, 2, 2), loss(-3, 2, 2));
  EXPECT_LT(loss(-3, 2, 1), loss(3, 2, 1));
  EXPECT_NEAR(loss(0, 2, 1), std::log(2.0), 1e-12);
}

TEST(TokenShift, StaysInsideSegments) {
  const Segments segments = {{0, 4}, {4, 1}, {5, 6}};
  testing::check_op({"token_shift", {random_values(11, 19, 4)}, {}, [=](auto& x, auto&) -> Tensors {
                       return {token_shift(x[0], segments)};
                     }});
  testing::check_op(
      {"token_shift of a shared input", {random_values(11, 19, 4)}, {}, [=](auto& x, auto&) -> Tensors {
         return {x[0], token_shift(x[0], segments)};
       }});
}

TEST(TokenShift, StepsCarryTheLastToken) {
  const auto x = testing::to_tensor(random_values(9, 5, 6), Device::cpu, Dtype::f32);
  const auto whole = testing::to_doubles(token_shift(x, {{0, 9}}).mat());
  std::vector<float> carried(5, 0.0f);
  float* state = carried.data();
  std::vector<double> pieces;
  for (const auto& [start, length] : Segments{{0, 2}, {2, 1}, {3, 6}}) {
    Output part(length, 5, Dtype::f32, Device::cpu);
    copy(Device::cpu, x.mat().slice_rows(start, length), part.mat());
    const auto y = testing::to_doubles(
        token_shift_step(constant("test", std::move(part)), {{0, length}}, std::span<float* const>(&state, 1))
            .mat());
    pieces.insert(pieces.end(), y.begin(), y.end());
  }
  EXPECT_EQ(pieces, whole);
}

}  // namespace
}  // namespace bantam
