#include "ops/cross_entropy.h"

#include "ops/embedding.h"
#include "ops/gemm_onednn.h"
#include "ops/op_check.h"
#include "tensor/kernel.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using testing::uniform_values;

struct Size {
  size_t rows, width, vocabulary;
};

std::vector<int32_t> some_targets(size_t rows, size_t vocabulary, bool gaps) {
  std::vector<int32_t> targets(rows);
  for (size_t t = 0; t < rows; ++t)
    targets[t] = gaps && t % 3 == 1 ? -1 : static_cast<int32_t>((t * 7 + 3) % vocabulary);
  return targets;
}

OpCase make_case(Size s, bool gaps, float z_weight) {
  OpCase c{
      fmt::format("cross_entropy {}x{}x{}{} z {}", s.rows, s.width, s.vocabulary, gaps ? " with gaps" : "",
                  z_weight),
      {random_values(s.rows, s.width, 1), uniform_values(s.rows, 1, 2, 0.1, 1.0)},
      {random_values(s.vocabulary, s.width, 3, 0.4)},
      [=](auto& x, auto& w) -> std::vector<Tensor> {
        // The weights stay f32 whatever the hidden states are.
        const Tensor weights = x[1];
        return {cross_entropy(x[0], w[0], some_targets(s.rows, s.vocabulary, gaps), x[1], z_weight).loss};
      }};
  c.results_are_roots = true;
  return c;
}

// The harness makes every input of one dtype; here the row weights must stay f32.
struct Outcome {
  double loss;
  std::vector<double> row_loss, dhidden, dweights, dhead;
};

Outcome run(const OpCase& c, std::span<const int32_t> targets, Device device, Dtype dtype, float z_weight,
            bool taped = true) {
  std::vector<Weight> head = testing::make_weights(c, device, dtype);
  Tensor hidden = testing::to_tensor(c.inputs[0], device, dtype);
  Tensor weights =
      testing::to_tensor(c.inputs[1], device, device == Device::reference ? Dtype::f64 : Dtype::f32);
  Outcome out;
  if (!taped) {
    const CrossEntropy result = cross_entropy(hidden, head[0], targets, weights, z_weight);
    out.loss = testing::to_doubles(result.loss.mat())[0];
    out.row_loss = testing::to_doubles(result.row_loss.mat());
    return out;
  }
  Tape tape;
  hidden = tape.watch(hidden);
  weights = tape.watch(weights);
  const CrossEntropy result = cross_entropy(hidden, head[0], targets, weights, z_weight);
  tape.backward({result.loss});
  out.loss = testing::to_doubles(result.loss.mat())[0];
  out.row_loss = testing::to_doubles(result.row_loss.mat());
  out.dhidden = testing::to_doubles(tape.gradient(hidden).mat());
  out.dweights = testing::to_doubles(tape.gradient(weights).mat());
  out.dhead = testing::to_doubles(head[0].gradient.mat());
  return out;
}

TEST(CrossEntropy, GradientsAgainstFiniteDifferences) {
  for (const float z : {0.0f, 0.01f}) {
    testing::check_gradients(make_case({3, 5, 11}, false, z));
    testing::check_gradients(make_case({7, 4, 9}, true, z));
  }
}

TEST(CrossEntropy, CpuAgainstReference) {
  for (const Size s : {Size{1, 7, 2}, {5, 33, 17}, {40, 64, 1000}, {600, 24, 300}})
    for (const bool gaps : {false, true})
      for (const float z : {0.0f, 0.01f})
        for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
          OpCase c = make_case(s, gaps, z);
          SCOPED_TRACE(c.name + name_of(dtype));
          if (dtype == Dtype::bf16)
            for (auto* v : {&c.inputs[0], &c.weights[0]})
              for (double& x : v->data) x = static_cast<float>(bf16(static_cast<float>(x)));
          const auto targets = some_targets(s.rows, s.vocabulary, gaps);
          const Outcome want = run(c, targets, Device::reference, Dtype::f64, z);
          const Outcome got = run(c, targets, Device::cpu, dtype, z);
          const Outcome evaluated = run(c, targets, Device::cpu, dtype, z, false);
          EXPECT_NEAR(got.loss / want.loss, 1, 2e-6);
          EXPECT_NEAR(evaluated.loss / want.loss, 1, 2e-6);
          EXPECT_LE(testing::relative_difference(got.row_loss, want.row_loss), 2e-6);
          EXPECT_LE(testing::relative_difference(evaluated.row_loss, want.row_loss), 2e-6);
          EXPECT_LE(testing::relative_difference(got.dweights, want.dweights), 2e-6);
          const double tolerance = dtype == Dtype::f32 ? 5e-6 : 1e-2;
          EXPECT_LE(testing::relative_difference(got.dhidden, want.dhidden), tolerance);
          EXPECT_LE(testing::relative_difference(got.dhead, want.dhead), tolerance);
        }
}

TEST(CrossEntropy, SameBitsForAnyNumberOfThreads) {
  const int before = thread_count();
  const OpCase c = make_case({700, 40, 2500}, true, 0.01f);
  const auto targets = some_targets(700, 2500, true);
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16})
    for (const bool taped : {false, true}) {
      set_thread_count(1);
      const Outcome want = run(c, targets, Device::cpu, dtype, 0.01f, taped);
      for (const int threads : {2, 3}) {
        set_thread_count(threads);
        const Outcome got = run(c, targets, Device::cpu, dtype, 0.01f, taped);
        EXPECT_EQ(got.loss, want.loss);
        EXPECT_EQ(got.row_loss, want.row_loss);
        EXPECT_EQ(got.dhidden, want.dhidden);
        EXPECT_EQ(got.dweights, want.dweights);
        EXPECT_EQ(got.dhead, want.dhead);
      }
    }
  set_thread_count(before);
}

// Each shape of a product stays compiled, and every step has another number of targets.
TEST(CrossEntropy, HowManyRowsHaveTargetsAsksForFewShapesOfProducts) {
  const OpCase c = make_case({300, 40, 500}, true, 0);
  const auto learn = [&](size_t rows) {
    std::vector<int32_t> targets(300, -1);
    std::fill_n(targets.begin() + 1, rows, 7);
    run(c, targets, Device::cpu, Dtype::f32, 0);
  };
  for (const size_t rows : {64, 128, 192, 256, 299}) learn(rows);
  const size_t compiled = compiled_products();
  for (size_t rows = 1; rows < 300; rows += 7) learn(rows);
  EXPECT_EQ(compiled_products(), compiled);
}

// Without a tape a row's loss is the same bits alone and in company.
TEST(CrossEntropy, EvaluatedRowsDoNotDependOnTheirCompany) {
  const OpCase c = make_case({100, 48, 5000}, false, 0);
  const auto targets = some_targets(100, 5000, false);
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
    const Outcome all = run(c, targets, Device::cpu, dtype, 0, false);
    for (const size_t t : {0, 47, 48, 99}) {
      auto alone = targets;
      for (size_t i = 0; i < alone.size(); ++i)
        if (i != t) alone[i] = -1;
      const Outcome one = run(c, alone, Device::cpu, dtype, 0, false);
      EXPECT_EQ(one.row_loss[t], all.row_loss[t]);
      EXPECT_EQ(one.row_loss[(t + 1) % 100], 0);
    }
  }
}

// Tied embeddings: lookup and head write into one gradient, whichever comes first.
TEST(CrossEntropy, SharesItsHeadWithTheEmbedding) {
  OpCase c{
      "tied",
      {random_values(6, 1, 1), uniform_values(6, 1, 2, 0.1, 1.0)},
      {random_values(9, 8, 3, 0.5)},
      [](auto& x, auto& w) -> std::vector<Tensor> {
        const std::vector<int32_t> ids{3, 1, 8, 3, 0, 5}, targets{1, 8, 3, -1, 5, 2};
        const Tensor hidden = embedding(w[0], ids);
        return {cross_entropy(hidden, w[0], targets, x[1]).loss, cross_entropy(hidden, w[0], ids, x[1]).loss};
      }};
  c.results_are_roots = true;
  c.without_gradient = {0};
  testing::check_gradients(c);
  testing::check_cpu(c, Dtype::f32, 2e-6, 5e-6);
}

TEST(CrossEntropy, NoTargetsCostNothing) {
  const OpCase c = make_case({4, 8, 6}, false, 0);
  const std::vector<int32_t> none(4, -1);
  std::vector<Weight> head = testing::make_weights(c, Device::cpu, Dtype::f32);
  Tape tape;
  const Tensor hidden = tape.watch(testing::to_tensor(c.inputs[0], Device::cpu, Dtype::f32));
  const CrossEntropy result =
      cross_entropy(hidden, head[0], none, testing::to_tensor(c.inputs[1], Device::cpu, Dtype::f32));
  tape.backward({result.loss});
  EXPECT_EQ(testing::to_doubles(result.loss.mat())[0], 0);
  EXPECT_EQ(testing::largest(testing::to_doubles(tape.gradient(hidden).mat())), 0);
  EXPECT_TRUE(head[0].gradient_is_fresh);
}

// Logits far apart neither overflow nor lose the loss.
TEST(CrossEntropy, LargeLogits) {
  OpCase c = make_case({2, 1, 3}, false, 0);
  c.inputs[0].data = {1000, -1000};
  c.weights[0].data = {1, -1, 0.5};
  const std::vector<int32_t> targets{0, 0};
  for (const bool taped : {false, true}) {
    const Outcome got = run(c, targets, Device::cpu, Dtype::f32, 0, taped);
    EXPECT_EQ(got.row_loss[0], 0);
    EXPECT_EQ(got.row_loss[1], 2000);
  }
}

TEST(CrossEntropy, RefusesToBeScaled) {
  const OpCase c = make_case({2, 4, 5}, false, 0);
  std::vector<Weight> head = testing::make_weights(c, Device::cpu, Dtype::f32);
  Tape tape;
  const Tensor hidden = tape.watch(testing::to_tensor(c.inputs[0], Device::cpu, Dtype::f32));
  const CrossEntropy result = cross_entropy(hidden, head[0], some_targets(2, 5, false),
                                            testing::to_tensor(c.inputs[1], Device::cpu, Dtype::f32));
  const Tensor two = testing::to_tensor({1, 1, {2}}, Device::cpu, Dtype::f32);
  EXPECT_THROW(tape.backward({result.loss}, {two}), Error);
}

TEST(CrossEntropy, RefusesTargetsOutsideTheVocabulary) {
  const OpCase c = make_case({2, 4, 5}, false, 0);
  for (const int32_t bad : {5, -2}) {
    const std::vector<int32_t> targets{0, bad};
    EXPECT_THROW(run(c, targets, Device::cpu, Dtype::f32, 0), Error);
  }
}

TEST(CrossEntropy, MetaCountsWorkAndMemory) {
  const OpCase c = make_case({6, 4, 5}, false, 0);
  std::vector<Weight> head = testing::make_weights(c, Device::meta, Dtype::f32);
  Tape tape;
  const Tensor hidden = tape.watch(testing::to_tensor(c.inputs[0], Device::meta, Dtype::f32));
  meter() = {};
  const auto targets = some_targets(6, 5, true);
  const CrossEntropy result =
      cross_entropy(hidden, head[0], targets, testing::to_tensor(c.inputs[1], Device::meta, Dtype::f32));
  tape.backward({result.loss});
  EXPECT_EQ(meter().flops, 3 * 2.0 * 4 * 4 * 5);
  EXPECT_EQ(tape.gradient(hidden).rows(), 6u);
}

}  // namespace
}  // namespace bantam
