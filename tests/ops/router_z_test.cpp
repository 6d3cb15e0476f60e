#include "ops/router_z.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

OpCase make_case(std::vector<size_t> tokens, size_t rows, size_t experts) {
  OpCase c{
      "router_z_loss", {random_values(rows, experts, 1, 3)}, {}, [=](auto& in, auto&) -> std::vector<Tensor> {
        return {router_z_loss(in[0], tokens, 0.3)};
      }};
  c.results_are_roots = true;
  return c;
}

TEST(RouterZ, GradientsDevicesThreads) {
  testing::check_f32_op(make_case({0}, 1, 2));
  testing::check_f32_op(make_case({0, 1, 2, 3, 7, 40}, 45, 5));
}

TEST(RouterZ, MeanOfTheSquaredLogarithm) {
  OpCase c = make_case({0, 2}, 3, 2);
  c.inputs[0].data = {0, 0, 900, 900, 300, 300};  // e^300 has no f32; row 1 does not count
  const double want = 0.3 / 2 * (std::pow(std::log(2), 2) + std::pow(300 + std::log(2), 2));
  EXPECT_NEAR(testing::evaluate(c, Device::cpu, Dtype::f32).results[0][0], want, 1e-6 * want);
}

TEST(RouterZ, WithoutTokensThereIsNothingToLearn) {
  const testing::OpResult r = testing::evaluate(make_case({}, 3, 4), Device::cpu, Dtype::f32);
  EXPECT_EQ(r.results[0][0], 0);
  for (const double d : r.input_gradients[0]) EXPECT_EQ(d, 0);
}

}  // namespace
}  // namespace bantam
