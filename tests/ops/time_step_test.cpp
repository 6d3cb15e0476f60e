#include "ops/time_step.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

// The result is f32 whatever x is, so bounds do not loosen with bf16.
void check(const OpCase& c) {
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 1e-6, 2e-6);
  testing::check_cpu(c, Dtype::bf16, 1e-6, 1e-2);
  testing::check_threads(c, Dtype::f32);
}

TEST(TimeStep, SoftplusWithinLimits) {
  check({"free",
         {random_values(9, 5, 1, 3)},
         {random_values(1, 5, 2)},
         [](auto& x, auto& w) -> std::vector<Tensor> { return {time_step(x[0], w[0], 0, 1e30f)}; }});
  const OpCase limited{
      "limited",
      {random_values(40, 3, 1, 3)},
      {random_values(1, 3, 2)},
      [](auto& x, auto& w) -> std::vector<Tensor> { return {time_step(x[0], w[0], 0.5f, 2.0f)}; }};
  check(limited);
  const std::vector<double> y = testing::evaluate(limited, Device::cpu, Dtype::f32).results[0];
  EXPECT_EQ(*std::min_element(y.begin(), y.end()), 0.5);
  EXPECT_EQ(*std::max_element(y.begin(), y.end()), 2.0);
}

TEST(TimeStep, DecayByARateAndByAnOffset) {
  check({"rate",
         {testing::uniform_values(9, 5, 1, 0.01, 2)},
         {random_values(1, 5, 2)},
         [](auto& x, auto& w) -> std::vector<Tensor> { return {log_decay(x[0], w[0])}; }});
  check({"offset",
         {random_values(9, 5, 1, 3)},
         {random_values(1, 5, 2)},
         [](auto& x, auto& w) -> std::vector<Tensor> { return {log_decay_from(x[0], w[0])}; }});
}

// Far out neither an exponential overflows nor a small value is lost.
TEST(TimeStep, LargeInputs) {
  const OpCase c{
      "large", {{1, 3, {-80, 0, 80}}}, {{1, 3, {0, 0, 0}}}, [](auto& x, auto& w) -> std::vector<Tensor> {
        return {time_step(x[0], w[0], 0, 1e30f)};
      }};
  const auto r = testing::evaluate(c, Device::cpu, Dtype::f32);
  EXPECT_NEAR(r.results[0][0] / 1.8048513878454153e-35, 1, 1e-6);
  EXPECT_NEAR(r.results[0][1], 0.69314718, 1e-7);
  EXPECT_EQ(r.results[0][2], 80);
  EXPECT_GT(r.input_gradients[0][0], 0);
}

}  // namespace
}  // namespace bantam
