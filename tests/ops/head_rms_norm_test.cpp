#include "ops/head_rms_norm.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::random_values;

TEST(HeadRmsNorm, GradientsDevicesThreads) {
  for (const size_t width : {2, 7, 16, 64})
    for (const size_t heads : {1, 3})
      testing::check_op({"head_rms_norm",
                         {random_values(41, heads * width, 1, 2)},
                         {random_values(1, width, 2)},
                         [=](auto& in, auto& w) -> std::vector<Tensor> {
                           return {head_rms_norm(in[0], heads, w[0], 1e-6f)};
                         }});
}

TEST(HeadRmsNorm, EachHeadByItself) {
  const testing::OpCase c{
      "two heads", {{1, 4, {3, 4, 30, 40}}}, {{1, 2, {1, 2}}}, [](auto& in, auto& w) -> std::vector<Tensor> {
        return {head_rms_norm(in[0], 2, w[0], 0)};
      }};
  const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, false).results[0];
  for (const size_t head : {0, 2}) {
    EXPECT_NEAR(y[head], 3 / std::sqrt(12.5), 1e-6);
    EXPECT_NEAR(y[head + 1], 8 / std::sqrt(12.5), 1e-6);
  }
}

}  // namespace
}  // namespace bantam
