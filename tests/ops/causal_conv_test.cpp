#include "ops/causal_conv.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using testing::to_doubles;
using testing::to_tensor;
using testing::Values;

OpCase make_case(size_t channels, size_t width, const Segments& segments, bool bias = true) {
  const size_t rows = segments.back().start + segments.back().length;
  std::vector<Values> weights = {random_values(channels, width, 2)};
  if (bias) weights.push_back(random_values(1, channels, 3));
  // x is a view of columns, as behind a fused projection.
  return {fmt::format("causal_conv {} channels, {} taps", channels, width),
          {random_values(rows, channels + 3, 1)},
          weights,
          [=](auto& x, auto& w) -> std::vector<Tensor> {
            return {causal_conv(x[0].columns(2, channels), w[0], bias ? &w[1] : nullptr, segments)};
          }};
}

TEST(CausalConv, Op) {
  testing::check_op(make_case(5, 4, {{0, 7}, {7, 1}, {8, 2}, {10, 12}}));
  testing::check_op(make_case(33, 4, {{0, 70}}));
  testing::check_op(make_case(16, 1, {{0, 9}}, false));
}

// Values of the definition, by hand.
TEST(CausalConv, LooksBackOnly) {
  const OpCase c{"by hand",
                 {{3, 1, {1, 10, 100}}},
                 {{1, 2, {2, 3}}, {1, 1, {0.5}}},
                 [](auto& x, auto& w) -> std::vector<Tensor> {
                   return {causal_conv(x[0], w[0], &w[1], {{0, 2}, {2, 1}})};
                 }};
  EXPECT_EQ(testing::evaluate(c, Device::cpu, Dtype::f32).results[0],
            (std::vector<double>{3.5, 32.5, 300.5}));
}

TEST(CausalConv, StepsContinueWithTheSameBits) {
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
    const size_t length = 23, channels = 19;
    OpCase c = make_case(channels, 4, {{0, length}});
    std::vector<Weight> w = testing::make_weights(c, Device::cpu, Dtype::f32);
    for (Weight& weight : w) weight.gradient = Output();
    const Values x = random_values(length, channels, 1);
    const auto rows = [&](size_t begin, size_t count) {
      const auto first = x.data.begin() + static_cast<ptrdiff_t>(begin * channels);
      return to_tensor({count, channels, {first, first + static_cast<ptrdiff_t>(count * channels)}},
                       Device::cpu, dtype);
    };
    const auto want = to_doubles(causal_conv(rows(0, length), w[0], &w[1], {{0, length}}).mat());
    for (const size_t chunk : {1, 2, 3, 5, 23}) {
      std::vector<float> state(3 * channels);
      float* const pointer = state.data();
      std::vector<double> got;
      for (size_t t = 0; t < length; t += chunk) {
        const size_t count = std::min(chunk, length - t);
        const auto y =
            to_doubles(causal_conv_step(rows(t, count), w[0], &w[1], {{0, count}}, {&pointer, 1}).mat());
        got.insert(got.end(), y.begin(), y.end());
      }
      EXPECT_EQ(got, want) << chunk;
    }
  }
}

}  // namespace
}  // namespace bantam
