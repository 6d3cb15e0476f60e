#include "ops/classification.h"

#include "ops/op_check.h"
#include "tensor/kernel.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

OpCase make_case(size_t rows, size_t classes, double brier_weight, bool even = false) {
  OpCase c{fmt::format("classification {}x{} brier {}", rows, classes, brier_weight),
           {random_values(rows, classes, 1, 2.0)},
           {},
           [=](auto& x, auto&) -> std::vector<Tensor> {
             std::vector<int32_t> labels(rows);
             std::vector<double> weights(rows);
             for (size_t i = 0; i < rows; ++i) {
               labels[i] = static_cast<int32_t>((i * 7 + 1) % classes);
               weights[i] = even ? 1 : 0.1 * static_cast<double>(i % 4);  // one of four counts for nothing
             }
             return {classification(x[0], labels, weights, brier_weight).loss};
           }};
  c.results_are_roots = true;
  return c;
}

TEST(Classification, GradientsDevicesThreads) {
  for (const double brier : {0.0, 0.3})
    for (const size_t classes : {2, 4, 11})
      for (const size_t rows : {1, 5, 97}) testing::check_f32_op(make_case(rows, classes, brier, rows == 1));
}

// Two classes at even odds: log 2 and (1/2)² + (1/2)².
TEST(Classification, KnowsItsValues) {
  const Tensor logits = testing::to_tensor({2, 2, {3, 3, 0, std::log(3.0)}}, Device::cpu, Dtype::f32);
  const std::vector<int32_t> labels{0, 1};
  const std::vector<double> weights{2, 4};
  const Classification got = classification(logits, labels, weights, 0.5);
  const std::vector<double> ce = testing::to_doubles(got.row_cross_entropy.mat()),
                            brier = testing::to_doubles(got.row_brier.mat());
  EXPECT_NEAR(ce[0], std::log(2.0), 1e-6);
  EXPECT_NEAR(ce[1], std::log(4.0 / 3), 1e-6);
  EXPECT_NEAR(brier[0], 0.5, 1e-6);
  EXPECT_NEAR(brier[1], 2.0 / 16, 1e-6);
  EXPECT_NEAR(testing::to_doubles(got.loss.mat())[0], 2 * ce[0] + 4 * ce[1] + 0.5 * (brier[0] + brier[1]),
              1e-6);
}

TEST(Classification, LogitsFarApartStayFinite) {
  const Tensor logits = testing::to_tensor({1, 3, {1e4, -1e4, 0}}, Device::cpu, Dtype::f32);
  const Classification got = classification(logits, std::vector<int32_t>{1}, std::vector<double>{1}, 1);
  EXPECT_EQ(testing::to_doubles(got.row_cross_entropy.mat())[0], 2e4);
  EXPECT_EQ(testing::to_doubles(got.row_brier.mat())[0], 2);
}

TEST(Classification, RefusesClassesThatAreNotThere) {
  const Tensor logits = testing::to_tensor(random_values(2, 3, 1), Device::cpu, Dtype::f32);
  const std::vector<double> weights{1, 1};
  for (const int32_t bad : {3, -1})
    EXPECT_THROW(classification(logits, std::vector<int32_t>{0, bad}, weights, 0), Error);
  EXPECT_THROW(classification(logits, std::vector<int32_t>{0}, weights, 0), Error);
}

}  // namespace
}  // namespace bantam
