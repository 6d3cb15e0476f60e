#include "ops/head_sum.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

TEST(HeadSum, Op) {
  for (const size_t width : {1, 16, 37})
    testing::check_op(
        {"multiply_by_head_sums",
         {testing::random_values(35, 2 * width, 1), testing::random_values(35, 2 * width, 2)},
         {},
         [](auto& x, auto&) -> std::vector<Tensor> { return {multiply_by_head_sums(x[0], x[1], 2)}; }});
}

}  // namespace
}  // namespace bantam
