#include "ops/linear.h"

#include "ops/op_check.h"
#include "tensor/kernel.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using testing::Values;

struct Size {
  size_t t, k, n;
};

OpCase make_case(Size s, bool bias) {
  OpCase c{
      fmt::format("linear {}x{}x{}{}", s.t, s.k, s.n, bias ? " with bias" : ""),
      {random_values(s.t, s.k, 1)},
      {random_values(s.n, s.k, 2, 0.3)},
      [=](auto& x, auto& w) -> std::vector<Tensor> { return {linear(x[0], w[0], bias ? &w[1] : nullptr)}; }};
  if (bias) c.weights.push_back(random_values(1, s.n, 3));
  return c;
}

TEST(Linear, GradientsDevicesThreads) {
  for (const Size s : {Size{1, 7, 1}, {3, 1, 5}, {5, 33, 17}, {64, 64, 48}, {1, 40, 130}}) {
    testing::check_op(make_case(s, false));
    testing::check_op(make_case(s, true));
  }
}

TEST(Linear, SlicesOfLargeProductsMeet) {
  for (const Size s : {Size{700, 70, 50}, {260, 40, 1100}, {40, 30, 4500}}) {
    const OpCase c = make_case(s, true);
    testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
    testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
    testing::check_threads(c, Dtype::f32);
    testing::check_threads(c, Dtype::bf16);
  }
}

TEST(Linear, ColumnViewsAndOtherResultTypes) {
  for (const Dtype out : {Dtype::f32, Dtype::bf16}) {
    OpCase c{fmt::format("linear of a view, to {}", name_of(out)),
             {random_values(9, 80, 1)},
             {random_values(20, 48, 2, 0.3)},
             [=](auto& x, auto& w) -> std::vector<Tensor> {
               return {linear(x[0].columns(16, 48), w[0], nullptr,
                              x[0].device() == Device::cpu ? out : x[0].dtype())};
             }};
    testing::check_cpu(c, Dtype::f32, 1e-2, 2e-2);
    testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
  }
}

// Two uses of one weight and of one input: the second gradient is added to the first.
TEST(Linear, GradientsAddUp) {
  testing::check_op({"linear used twice",
                     {random_values(6, 24, 1)},
                     {random_values(24, 24, 2, 0.3)},
                     [](auto& x, auto& w) -> std::vector<Tensor> {
                       return {linear(x[0], w[0]), linear(linear(x[0], w[0]), w[0])};
                     }});
}

// Without a tape: a row's bits are the same alone and in company, for any chunking and number of threads.
TEST(Linear, RowsDoNotDependOnTheirCompany) {
  const int before = thread_count();
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16})
    for (const auto& [k, n] :
         {std::pair<size_t, size_t>{512, 768}, {576, 100}, {77, 131}, {1408, 3}, {33, 1}, {5, 37}}) {
      const OpCase c = make_case({150, k, n}, true);
      std::vector<Weight> w = testing::make_weights(c, Device::cpu, dtype);
      const Tensor x = testing::to_tensor(c.inputs[0], Device::cpu, dtype);
      set_thread_count(1);
      const auto all = testing::to_doubles(linear(x, w[0], &w[1], Dtype::f32).mat());
      for (const int threads : {1, 2, 3}) {
        set_thread_count(threads);
        for (const size_t rows : {1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 64, 97, 149})
          for (const size_t first : {size_t{0}, 150 - rows}) {
            const Values part{rows,
                              k,
                              {c.inputs[0].data.begin() + static_cast<ptrdiff_t>(first * k),
                               c.inputs[0].data.begin() + static_cast<ptrdiff_t>((first + rows) * k)}};
            const auto some = testing::to_doubles(
                linear(testing::to_tensor(part, Device::cpu, dtype), w[0], &w[1], Dtype::f32).mat());
            ASSERT_TRUE(std::equal(some.begin(), some.end(), all.begin() + static_cast<ptrdiff_t>(first * n)))
                << name_of(dtype) << " " << rows << " rows from " << first << ", " << k << "x" << n;
          }
      }
    }
  set_thread_count(before);
}

TEST(Linear, InferenceAgreesWithTheReference) {
  for (const Size s : {Size{1, 7, 1}, {1, 512, 130}, {3, 33, 17}, {200, 100, 70}})
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      OpCase c = make_case(s, true);
      if (dtype == Dtype::bf16)
        for (auto* list : {&c.inputs, &c.weights})
          for (Values& v : *list)
            for (double& x : v.data) x = static_cast<float>(bf16(static_cast<float>(x)));
      const auto want = testing::evaluate(c, Device::reference, Dtype::f64, false);
      const auto got = testing::evaluate(c, Device::cpu, dtype, false);
      EXPECT_LE(testing::relative_difference(got.results[0], want.results[0]),
                dtype == Dtype::f32 ? 2e-6 : 5e-3);
    }
}

TEST(Linear, RefusesWrongShapes) {
  OpCase c = make_case({2, 8, 3}, true);
  c.weights[0] = random_values(3, 7, 2);
  EXPECT_THROW(testing::evaluate(c, Device::cpu, Dtype::f32), Error);
  c = make_case({2, 8, 3}, true);
  c.weights[1] = random_values(1, 4, 2);
  EXPECT_THROW(testing::evaluate(c, Device::cpu, Dtype::f32), Error);
}

TEST(Linear, MetaCountsItsWork) {
  const OpCase c = make_case({10, 20, 30}, false);
  std::vector<Weight> w = testing::make_weights(c, Device::meta, Dtype::f32);
  meter() = {};
  const Tensor y = linear(testing::to_tensor(c.inputs[0], Device::meta, Dtype::f32), w[0]);
  EXPECT_EQ(y.rows(), 10u);
  EXPECT_EQ(y.cols(), 30u);
  EXPECT_EQ(meter().flops, 2.0 * 10 * 20 * 30);
  EXPECT_EQ(meter().bytes, 4.0 * (10 * 20 + 20 * 30 + 10 * 30));
}

}  // namespace
}  // namespace bantam
