#include "ops/pick_rows.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

// The input is picked from twice, so that the second gradient is added to the first.
OpCase make_case(size_t rows, size_t cols, const std::vector<size_t>& picked, size_t at_least = 0) {
  return {"pick_rows " + std::to_string(rows) + "x" + std::to_string(cols),
          {random_values(rows, cols, 1)},
          {},
          [=](auto& x, auto&) -> std::vector<Tensor> {
            return {pick_rows(x[0], picked, at_least), pick_rows(x[0], std::vector<size_t>{rows - 1})};
          }};
}

TEST(PickRows, GradientsDevicesThreads) {
  testing::check_op(make_case(1, 3, {0}));
  testing::check_op(make_case(7, 33, {0, 3, 6}));
  testing::check_op(make_case(200, 17, {5, 64, 150, 199}));
  testing::check_op(make_case(7, 5, {0, 6}, 4));
}

TEST(PickRows, GivesTheRowsThemselves) {
  const auto got = testing::evaluate(make_case(3, 2, {0, 2}), Device::cpu, Dtype::f32);
  const std::vector<double> all = random_values(3, 2, 1).data;
  EXPECT_EQ(got.results[0], (std::vector<double>{all[0], all[1], all[4], all[5]}));
}

TEST(PickRows, FillsUpWithTheLast) {
  const auto got = testing::evaluate(make_case(3, 2, {1}, 3), Device::cpu, Dtype::f32);
  const std::vector<double> all = random_values(3, 2, 1).data;
  EXPECT_EQ(got.results[0], (std::vector<double>{all[2], all[3], all[2], all[3], all[2], all[3]}));
  EXPECT_EQ(testing::evaluate(make_case(3, 2, {0, 2}, 1), Device::cpu, Dtype::f32).results[0].size(), 4u);
}

TEST(FirstRows, GradientsDevicesThreads) {
  for (const size_t count : {1, 4, 6})
    testing::check_op({"first_rows " + std::to_string(count),
                       {random_values(6, 5, 1)},
                       {},
                       [=](auto& x, auto&) -> std::vector<Tensor> {
                         return {first_rows(x[0], count), first_rows(x[0], 2)};
                       }});
}

TEST(PickRows, RefusesRowsThatAreNotThereOrDoNotRise) {
  for (const std::vector<size_t>& bad : {std::vector<size_t>{3}, {1, 1}, {2, 0}})
    EXPECT_THROW(testing::evaluate(make_case(3, 2, bad), Device::cpu, Dtype::f32), Error);
}

}  // namespace
}  // namespace bantam
