#include "ops/head_norm.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::random_values;
using Tensors = std::vector<Tensor>;

TEST(HeadNorm, L2) {
  for (const size_t width : {2, 16, 33})
    testing::check_op({"l2_normalize", {random_values(37, 3 * width, 1)}, {}, [](auto& x, auto&) -> Tensors {
                         return {l2_normalize(x[0], 3)};
                       }});
}

TEST(HeadNorm, Group) {
  for (const size_t width : {3, 16, 37})
    testing::check_op({"group_norm",
                       {random_values(37, 2 * width, 2, 1.0, 0.5)},
                       {random_values(1, 2 * width, 3, 0.3, 1.0), random_values(1, 2 * width, 4)},
                       [](auto& x, auto& w) -> Tensors { return {group_norm(x[0], 2, w[0], w[1], 1e-5f)}; }});
}

TEST(HeadNorm, GroupRms) {
  for (const size_t width : {3, 16, 37})
    testing::check_op({"group_rms_norm",
                       {random_values(37, 2 * width, 2, 1.0, 0.5)},
                       {random_values(1, 2 * width, 3, 0.3, 1.0)},
                       [](auto& x, auto& w) -> Tensors { return {group_rms_norm(x[0], 2, w[0], 1e-5f)}; }});
}

// A stream in f32 normed for branches in bf16.
TEST(HeadNorm, LayerNormIntoAnotherType) {
  const testing::OpCase c{"layer norm",
                          {random_values(37, 33, 2, 1.0, 0.5)},
                          {random_values(1, 33, 3, 0.3, 1.0), random_values(1, 33, 4)},
                          [](auto& x, auto& w) -> Tensors {
                            const Dtype out = x[0].dtype() == Dtype::f32 ? Dtype::bf16 : x[0].dtype();
                            return {group_norm(x[0], 1, w[0], w[1], 1e-5f, out)};
                          }};
  testing::check_cpu(c, Dtype::f32, 1e-2, 2e-2);
  testing::check_threads(c, Dtype::f32);
}

// A head far from zero keeps its variance.
TEST(HeadNorm, GroupWithALargeMean) {
  testing::OpCase c{"group_norm",
                    {random_values(5, 64, 2, 1.0, 1000.0)},
                    {random_values(1, 64, 3, 0.3, 1.0), random_values(1, 64, 4)},
                    [](auto& x, auto& w) -> Tensors { return {group_norm(x[0], 2, w[0], w[1], 1e-5f)}; }};
  testing::check_cpu(c, Dtype::f32, 1e-3, 1e-3);
}

}  // namespace
}  // namespace bantam
