#include "ops/hyper.h"

#include "ops/op_check.h"
#include "ops/softmax.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using Tensors = std::vector<Tensor>;

// Shared gates (one row) and gates of each token's own.
TEST(Hyper, ReadAndWrite) {
  for (const size_t n : {2, 3})
    for (const size_t rows : {1, 45}) {
      const auto stream = random_values(45, n * 37, 1), y = random_values(45, 37, 2);
      const auto read = random_values(rows, n, 3), write_mix = random_values(rows, n + n * n, 4);
      testing::check_f32_op({"read", {stream, read}, {}, [](auto& in, auto&) -> Tensors {
                               return {hyper_read(in[0], in[1])};
                             }});
      testing::check_f32_op({"write", {stream, y, write_mix}, {}, [=](auto& in, auto&) -> Tensors {
                               return {hyper_write(in[0], in[1], in[2], n)};
                             }});
    }
}

TEST(Hyper, GatesThroughEveryIteration) {
  for (const size_t n : {2, 3, 4})
    for (const size_t iterations : {1, 20}) {
      const HyperShape shape{n, iterations, 1e-6};
      testing::check_f32_op(
          {"gates", {random_values(7, shape.gates(), 5)}, {}, [=](auto& in, auto&) -> Tensors {
             return {hyper_gates(in[0], shape)};
           }});
    }
}

// Rows and columns of the mix sum to one, and the gates are those of the formulas.
TEST(Hyper, TheMixIsDoublyStochastic) {
  const HyperShape shape{3, 20, 1e-6};
  const OpCase c{"gates", {random_values(1, shape.gates(), 6)}, {}, [=](auto& in, auto&) -> Tensors {
                   return {hyper_gates(in[0], shape)};
                 }};
  const std::vector<double> gates = testing::evaluate(c, Device::reference, Dtype::f64).results[0];
  EXPECT_NEAR(gates[0], 1 / (1 + std::exp(-c.inputs[0].data[0])) + 1e-6, 1e-12);
  EXPECT_NEAR(gates[3], 2 / (1 + std::exp(-c.inputs[0].data[3])), 1e-12);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(gates[6 + i] + gates[9 + i] + gates[12 + i], 1, 1e-5);
    EXPECT_NEAR(gates[6 + 3 * i] + gates[7 + 3 * i] + gates[8 + 3 * i], 1, 1e-3);
  }
}

TEST(Hyper, EndsOfTheStreams) {
  testing::check_f32_op({"spread", {random_values(9, 20, 7)}, {}, [](auto& in, auto&) -> Tensors {
                           return {spread_streams(in[0], 3)};
                         }});
  testing::check_f32_op({"softmax", {random_values(3, 5, 8)}, {}, [](auto& in, auto&) -> Tensors {
                           return {softmax_rows(in[0])};
                         }});
  testing::check_f32_op({"row of vectors",
                         {},
                         {random_values(1, 3, 9), random_values(1, 4, 10)},
                         [](auto&, auto& w) -> Tensors {
                           return {row_of({&w[0], &w[1]})};
                         }});
  testing::check_f32_op({"scaled runs",
                         {random_values(9, 8, 11)},
                         {random_values(1, 3, 12), random_values(1, 8, 13)},
                         [](auto& in, auto& w) -> Tensors {
                           return {scale_runs(in[0], {2, 2, 4}, w[0], w[1])};
                         }});
}

}  // namespace
}  // namespace bantam
