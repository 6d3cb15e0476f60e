#include "ops/derf_attention.h"

#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;

AttentionShape shape_of(size_t heads, size_t kv_heads, size_t width) {
  return {heads, kv_heads, width, 0.3f, 0};
}

// γ cancels but for the 1e-8, so where it is not asked for it is held at one.
OpCase make_case(const AttentionShape& s, const Segments& segments, double beta = 0,
                 bool gamma_learns = false) {
  const size_t rows = segments.back().start + segments.back().length;
  OpCase c{"derf attention",
           {random_values(rows, s.heads * s.head_width, 1), random_values(rows, s.kv_heads * s.head_width, 2),
            random_values(rows, s.kv_heads * s.head_width, 3)},
           {random_values(1, s.heads, 4, 0.3, 1), random_values(1, s.heads, 5, 0.3, beta)},
           [=](auto& in, auto& w) -> std::vector<Tensor> {
             static Weight ones;
             ones.rows = 1, ones.cols = s.heads;
             const Dtype dtype = in[0].device() == Device::cpu ? Dtype::f32 : Dtype::f64;
             ones.master =
                 testing::to_tensor({1, s.heads, std::vector<double>(s.heads, 1.0)}, in[0].device(), dtype);
             return {derf_attention(in[0], in[1], in[2], {&w[0], &w[1], gamma_learns ? &w[2] : &ones}, s,
                                    segments)};
           }};
  if (gamma_learns) c.weights.push_back(random_values(1, s.heads, 6, 0.2, 1));
  return c;
}

TEST(DerfAttention, GradientsDevicesThreads) {
  for (const OpCase& c : {make_case(shape_of(4, 2, 13), {{0, 9}, {9, 1}, {10, 23}}),
                          make_case(shape_of(3, 1, 16), {{0, 37}})}) {
    testing::check_gradients(c);
    testing::check_cpu(c, Dtype::f32, 2e-6, 2e-5);
    testing::check_cpu(c, Dtype::bf16, 2e-2, 6e-2);
    testing::check_threads(c, Dtype::f32);
  }
}

// Several blocks of keys, and a segment whose queries are cut into ranges.
TEST(DerfAttention, LongSegments) {
  for (const OpCase& c : {make_case(shape_of(4, 2, 13), {{0, 70}, {70, 1}, {71, 150}}),
                          make_case(shape_of(2, 1, 8), {{0, 1100}}, 0.2, true)}) {
    testing::check_cpu(c, Dtype::f32, 2e-6, 2e-5);
    testing::check_cpu(c, Dtype::bf16, 2e-2, 6e-2);
    testing::check_threads(c, Dtype::f32);
  }
}

// Where the weights are as small as the 1e-8 that is added to them, γ matters.
TEST(DerfAttention, GradientOfGamma) {
  testing::check_gradients(make_case(shape_of(2, 1, 8), {{0, 9}}, -4, true), 1e-5);
}

// The first token sees itself alone, so its own value comes back but for the 1e-8.
TEST(DerfAttention, TheFirstTokenSeesItself) {
  const OpCase c = make_case(shape_of(1, 1, 4), {{0, 3}});
  const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, false).results[0];
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(y[i], c.inputs[2].data[i], 1e-5);
}

}  // namespace
}  // namespace bantam
