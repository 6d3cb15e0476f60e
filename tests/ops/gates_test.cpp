#include "ops/gates.h"

#include "ops/cosine_distance.h"
#include "ops/embedding.h"
#include "ops/op_check.h"
#include "ops/side_by_side.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using Tensors = std::vector<Tensor>;

TEST(Gates, GatedAdd) {
  testing::check_op({"gated_add",
                     {random_values(41, 33, 1), random_values(41, 33, 2)},
                     {random_values(1, 3, 3)},
                     [](auto& in, auto& w) -> Tensors { return {gated_add(in[0], in[1], w[0], 1)}; }});
}

TEST(Gates, DerfGate) {
  testing::check_op(
      {"derf_gate",
       {random_values(41, 33, 1, 2)},
       {random_values(1, 33, 2, 0.3, 1), random_values(1, 33, 3, 0.5, -1), random_values(1, 33, 4, 0.3, 1)},
       [](auto& in, auto& w) -> Tensors { return {derf_gate(in[0], w[0], w[1], w[2])}; }});
}

TEST(SideBySide, AnyWidths) {
  testing::check_op({"side_by_side",
                     {random_values(9, 5, 1), random_values(9, 1, 2), random_values(9, 16, 3)},
                     {},
                     [](auto& in, auto&) -> Tensors {
                       return {side_by_side({in[0], in[1], in[2], in[0]})};
                     }});
}

TEST(CosineDistance, GradientsDevicesThreads) {
  const std::vector<int32_t> target = {1, 2, -1, 0, 4, 3};
  OpCase c{"cosine_distance",
           {random_values(6, 20, 1), random_values(6, 20, 2)},
           {},
           [=](auto& in, auto&) -> Tensors { return {cosine_distance(in[0], in[1], target, 0.7)}; }};
  c.without_gradient = {1};
  c.results_are_roots = true;
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
  testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
  testing::check_threads(c, Dtype::f32);
}

TEST(EmbeddingMean, GradientsDevicesThreads) {
  const std::vector<int32_t> rows = {3, 0, -1, 3, 3, 3, -1, -1, -1, 1, 2, 4};
  const OpCase c{"embedding_mean", {}, {random_values(5, 130, 1)}, [=](auto&, auto& w) -> Tensors {
                   return {embedding_mean(w[0], rows, 3)};
                 }};
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 1e-6, 1e-6);
  testing::check_threads(c, Dtype::f32);
}

}  // namespace
}  // namespace bantam
