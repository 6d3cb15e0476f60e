#include "ops/rms_norm.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

OpCase make_case(size_t rows, size_t cols, bool f32_result) {
  return {"rms_norm " + std::to_string(rows) + "x" + std::to_string(cols),
          {random_values(rows, cols, 1)},
          {random_values(1, cols, 2, 0.3, 1.0)},
          [=](auto& x, auto& w) -> std::vector<Tensor> {
            const bool wide = f32_result && x[0].device() == Device::cpu;
            return {rms_norm(x[0], w[0], 1e-5f, wide ? Dtype::f32 : x[0].dtype())};
          }};
}

TEST(RmsNorm, GradientsDevicesThreads) {
  for (const size_t cols : {2, 31, 32, 33, 515})
    for (const size_t rows : {1, 3, 97}) testing::check_op(make_case(rows, cols, false));
  testing::check_op(make_case(5, 48, true));
}

TEST(RmsNorm, RefusesAGainOfAnotherWidth) {
  OpCase c = make_case(2, 8, false);
  c.weights[0] = random_values(1, 7, 2);
  EXPECT_THROW(testing::evaluate(c, Device::cpu, Dtype::f32), Error);
}

}  // namespace
}  // namespace bantam
