#include "ops/elementwise.h"

#include "ops/embedding.h"
#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using Tensors = std::vector<Tensor>;

constexpr size_t kWidths[] = {1, 15, 16, 33, 259};

TEST(Elementwise, OneInput) {
  for (const size_t cols : kWidths) {
    const auto x = random_values(70, cols, 3, 2.0);
    testing::check_op({"sigmoid", {x}, {}, [](auto& in, auto&) -> Tensors { return {sigmoid(in[0])}; }});
    testing::check_op({"tanh", {x}, {}, [](auto& in, auto&) -> Tensors { return {tanh(in[0])}; }});
    testing::check_op({"silu", {x}, {}, [](auto& in, auto&) -> Tensors { return {silu(in[0])}; }});
    testing::check_op(
        {"squared_relu", {x}, {}, [](auto& in, auto&) -> Tensors { return {squared_relu(in[0])}; }});
    testing::check_op(
        {"rwkv7_decay", {x}, {}, [](auto& in, auto&) -> Tensors { return {rwkv7_decay(in[0])}; }});
    testing::check_op(
        {"multiply by a weight", {x}, {random_values(1, cols, 6)}, [](auto& in, auto& w) -> Tensors {
           return {multiply(in[0], w[0])};
         }});
  }
}

TEST(Elementwise, TwoInputs) {
  for (const size_t cols : kWidths) {
    const auto x = random_values(41, cols, 4), y = random_values(41, cols, 5);
    testing::check_op({"add", {x, y}, {}, [](auto& in, auto&) -> Tensors { return {add(in[0], in[1])}; }});
    testing::check_op(
        {"multiply", {x, y}, {}, [](auto& in, auto&) -> Tensors { return {multiply(in[0], in[1])}; }});
    testing::check_op(
        {"swiglu", {x, y}, {}, [](auto& in, auto&) -> Tensors { return {swiglu(in[0], in[1])}; }});
    testing::check_op({"lerp", {x, y, random_values(41, cols, 9)}, {}, [](auto& in, auto&) -> Tensors {
                         return {lerp(in[0], in[1], in[2])};
                       }});
    testing::check_op({"blend", {x, y}, {random_values(1, cols, 6)}, [](auto& in, auto& w) -> Tensors {
                         return {blend(in[0], in[1], w[0])};
                       }});
  }
}

// One input used twice, and through views of its columns: gradients add up.
TEST(Elementwise, ViewsAndSharedInputs) {
  testing::check_op({"square", {random_values(9, 20, 7)}, {}, [](auto& in, auto&) -> Tensors {
                       return {multiply(in[0], in[0])};
                     }});
  testing::check_op({"views", {random_values(9, 50, 8)}, {}, [](auto& in, auto&) -> Tensors {
                       const Tensor a = in[0].columns(0, 20), b = in[0].columns(20, 20),
                                    c = in[0].columns(10, 20);
                       return {swiglu(a, b), sigmoid(c)};
                     }});
  testing::check_op({"view of a product", {random_values(9, 40, 9)}, {}, [](auto& in, auto&) -> Tensors {
                       const Tensor y = silu(in[0]);
                       return {tanh(y.columns(3, 7)), y};
                     }});
}

TEST(Elementwise, CastKeepsTheGradient) {
  const OpCase c{"cast", {random_values(9, 40, 9)}, {}, [](auto& in, auto&) -> Tensors {
                   return {cast(in[0], in[0].device() == Device::cpu ? Dtype::bf16 : Dtype::f64)};
                 }};
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 4e-3, 4e-3);
}

TEST(Embedding, GradientsDevicesThreads) {
  const std::vector<int32_t> ids = {3, 0, -1, 3, 9, 3, 1};
  OpCase c{"embedding", {}, {random_values(10, 130, 10)}, [=](auto&, auto& w) -> Tensors {
             return {embedding(w[0], ids)};
           }};
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 0, 1e-6);
  testing::check_threads(c, Dtype::f32);
}

TEST(Embedding, RefusesIdsOutsideTheVocabulary) {
  OpCase c{"embedding", {}, {random_values(10, 4, 10)}, [](auto&, auto& w) -> Tensors {
             return {embedding(w[0], std::vector<int32_t>{10})};
           }};
  EXPECT_THROW(testing::evaluate(c, Device::cpu, Dtype::f32), Error);
}

}  // namespace
}  // namespace bantam
