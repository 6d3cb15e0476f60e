#include "ops/place_rows.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

// Both inputs are read twice, so that second gradients are added to the first.
OpCase make_case(size_t rows, size_t cols, const std::vector<size_t>& placed) {
  return {"place_rows " + std::to_string(rows) + "x" + std::to_string(cols),
          {random_values(rows, cols, 1), random_values(placed.size(), cols, 2)},
          {},
          [=](auto& x, auto&) -> std::vector<Tensor> {
            const Tensor once = place_rows(x[0], x[1], placed);
            return {once, place_rows(x[0], x[1], placed)};
          }};
}

TEST(PlaceRows, GradientsDevicesThreads) {
  testing::check_op(make_case(1, 3, {0}));
  testing::check_op(make_case(7, 33, {0, 1, 6}));
  testing::check_op(make_case(200, 17, {5, 64, 65, 150, 199}));
}

TEST(PlaceRows, OnlyTheNamedRowsChange) {
  const auto got = testing::evaluate(make_case(4, 2, {1, 3}), Device::cpu, Dtype::f32);
  const std::vector<double> x = random_values(4, 2, 1).data, v = random_values(2, 2, 2).data;
  EXPECT_EQ(got.results[0], (std::vector<double>{x[0], x[1], v[0], v[1], x[4], x[5], v[2], v[3]}));
}

TEST(PlaceRows, RefusesRowsThatAreNotThereOrDoNotRise) {
  for (const std::vector<size_t>& bad : {std::vector<size_t>{3}, {1, 1}, {2, 0}})
    EXPECT_THROW(testing::evaluate(make_case(3, 2, bad), Device::cpu, Dtype::f32), Error);
}

}  // namespace
}  // namespace bantam
