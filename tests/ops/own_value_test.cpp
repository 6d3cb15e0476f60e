#include "ops/own_value.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

TEST(OwnValue, GradientsDevicesThreads) {
  for (const size_t kv_heads : {1, 2, 4})
    testing::check_op({"without_own_value",
                       {random_values(37, 4 * 13, 1), random_values(37, kv_heads * 13, 2)},
                       {},
                       [=](auto& in, auto&) -> std::vector<Tensor> {
                         return {without_own_value(in[0], in[1], 4, kv_heads)};
                       }});
}

TEST(OwnValue, WhatIsLeftIsOrthogonalToTheValue) {
  const OpCase c{
      "one head",
      {random_values(3, 8, 1), random_values(3, 8, 2)},
      {},
      [](auto& in, auto&) -> std::vector<Tensor> { return {without_own_value(in[0], in[1], 1, 1)}; }};
  const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, false).results[0];
  for (size_t t = 0; t < 3; ++t) {
    double along = 0;
    for (size_t i = 0; i < 8; ++i) along += y[8 * t + i] * c.inputs[1].data[8 * t + i];
    EXPECT_NEAR(along, 0, 1e-5);
  }
}

// A value of zeros has no direction: nothing is taken out, and nothing divides by zero.
TEST(OwnValue, AValueOfZeros) {
  OpCase c{"zeros",
           {random_values(2, 8, 1), random_values(2, 8, 2, 0)},
           {},
           [](auto& in, auto&) -> std::vector<Tensor> { return {without_own_value(in[0], in[1], 2, 1)}; }};
  c.inputs[1] = {2, 4, std::vector<double>(8)};
  const testing::OpResult r = testing::evaluate(c, Device::cpu, Dtype::f32);
  EXPECT_EQ(r.results[0], c.inputs[0].data);
  for (const double d : r.input_gradients[1]) EXPECT_EQ(d, 0);
}

}  // namespace
}  // namespace bantam
