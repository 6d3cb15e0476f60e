#include "ops/sequence_norm.h"

#include "ops/head_norm.h"
#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::random_values;
using Tensors = std::vector<Tensor>;

testing::OpCase make_case(size_t width, const Segments& segments, bool per_token = false) {
  const size_t rows = segments.back().start + segments.back().length;
  return {"sequence_norm",
          {random_values(rows, 2 * width, 2, 1.0, 0.5)},
          {random_values(1, 2 * width, 3, 0.3, 1.0), random_values(1, 2 * width, 4)},
          [=](auto& x, auto& w) -> Tensors {
            return {per_token ? group_norm(x[0], 2, w[0], w[1], 1e-5f)
                              : sequence_norm(x[0], 2, w[0], w[1], 1e-5f, segments)};
          }};
}

TEST(SequenceNorm, Op) {
  testing::check_op(make_case(3, {{0, 7}, {7, 1}, {8, 12}}));
  testing::check_op(make_case(17, {{0, 40}}));
}

TEST(SequenceNorm, OfSegmentsOfOneTokenIsTheNormPerToken) {
  const auto want =
      testing::evaluate(make_case(5, {{0, 1}, {1, 1}, {2, 1}}, true), Device::reference, Dtype::f64);
  const auto got = testing::evaluate(make_case(5, {{0, 1}, {1, 1}, {2, 1}}), Device::reference, Dtype::f64);
  EXPECT_LE(testing::relative_difference(got.results[0], want.results[0]), 1e-12);
  EXPECT_LE(testing::relative_difference(got.input_gradients[0], want.input_gradients[0]), 1e-6);
}

}  // namespace
}  // namespace bantam
