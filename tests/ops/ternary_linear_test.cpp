#include "ops/ternary_linear.h"

#include "ops/held_rounding.h"
#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::OpResult;
using testing::random_values;
using testing::Values;
using Use = HeldRounding::Use;

OpCase make_case(size_t t, size_t k, size_t n) {
  return {fmt::format("ternary_linear {}x{}x{}", t, k, n),
          {random_values(t, k, 1)},
          {random_values(n, k, 2, 0.3)},
          [](auto& x, auto& w) -> std::vector<Tensor> { return {ternary_linear(x[0], w[0])}; }};
}

const std::vector<OpCase>& cases() {
  static const std::vector<OpCase> all = {make_case(1, 7, 1), make_case(3, 1, 5), make_case(5, 33, 17),
                                          make_case(70, 64, 70), make_case(9, 300, 130)};
  return all;
}

// x̂ and Ŵ as the header writes them, and what goes straight through them.
struct WrittenOut {
  std::vector<double> x, w;
  explicit WrittenOut(const OpCase& c) : x(c.inputs[0].data), w(c.weights[0].data) {
    const size_t k = c.inputs[0].cols;
    for (size_t row = 0; row < x.size(); row += k) {
      double largest = 0;
      for (size_t i = 0; i < k; ++i) largest = std::max(largest, std::abs(x[row + i]));
      for (size_t i = 0; i < k; ++i) x[row + i] = std::nearbyint(127 * x[row + i] / largest) * largest / 127;
    }
    double s = 0;
    for (const double v : w) s += std::abs(v) / static_cast<double>(w.size());
    for (double& v : w) v = s * std::min(1.0, std::max(-1.0, std::nearbyint(v / s)));
  }
};

TEST(TernaryLinear, IsTheEstimatorAsItIsWritten) {
  for (const OpCase& c : cases()) {
    SCOPED_TRACE(c.name);
    const size_t t_count = c.inputs[0].rows, k_count = c.inputs[0].cols, n_count = c.weights[0].rows;
    const WrittenOut hat(c);
    const Values dy = random_values(t_count, n_count, 1000, 0.7);
    std::vector<double> y(t_count * n_count), dx(t_count * k_count), dw(n_count * k_count);
    for (size_t t = 0; t < t_count; ++t)
      for (size_t n = 0; n < n_count; ++n)
        for (size_t k = 0; k < k_count; ++k) {
          y[t * n_count + n] += hat.x[t * k_count + k] * hat.w[n * k_count + k];
          dx[t * k_count + k] += dy.data[t * n_count + n] * hat.w[n * k_count + k];
          dw[n * k_count + k] += dy.data[t * n_count + n] * hat.x[t * k_count + k];
        }
    const OpResult r = testing::evaluate(c, Device::reference, Dtype::f64);
    EXPECT_LE(testing::relative_difference(r.results[0], y), 1e-12);
    EXPECT_LE(testing::relative_difference(r.input_gradients[0], dx), 1e-12);
    EXPECT_LE(testing::relative_difference(r.weight_gradients[0], dw), 1e-12);
  }
}

// With every rounding held as an offset the op is a smooth function, and that one's derivative goes back.
TEST(TernaryLinear, TheGradientIsThatOfHeldOffsets) {
  for (OpCase c : cases()) {
    HeldRounding held;
    held.begin(Use::record);
    testing::evaluate(c, Device::reference, Dtype::f64);
    const auto function = c.function;
    c.function = [&held, function](auto& x, auto& w) {
      held.begin(Use::straight_through);
      return function(x, w);
    };
    testing::check_gradients(c);
  }
}

TEST(TernaryLinear, TheCpuAgreesWithTheReferenceThatStepsWhereItDoes) {
  for (const OpCase& c : cases())
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      SCOPED_TRACE(c.name + " " + name_of(dtype));
      OpCase rounded = c;
      if (dtype == Dtype::bf16)
        for (double& x : rounded.inputs[0].data) x = static_cast<float>(bf16(static_cast<float>(x)));
      HeldRounding held;
      held.begin(Use::record);
      const OpResult got = testing::evaluate(rounded, Device::cpu, dtype);
      held.begin(Use::repeat);
      const OpResult want = testing::evaluate(rounded, Device::reference, Dtype::f64);
      const double close = dtype == Dtype::f32 ? 2e-6 : 1e-2;
      EXPECT_LE(testing::relative_difference(got.results[0], want.results[0]), close);
      EXPECT_LE(testing::relative_difference(got.input_gradients[0], want.input_gradients[0]), 2 * close);
      EXPECT_LE(testing::relative_difference(got.weight_gradients[0], want.weight_gradients[0]), 2 * close);
    }
}

TEST(TernaryLinear, SameBitsForAnyNumberOfThreads) {
  for (const OpCase& c : cases())
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) testing::check_threads(c, dtype);
}

// Whole numbers add up to the same in every order: on packed weights, in company and alone.
TEST(TernaryLinear, WithoutATapeTheBitsAreThoseOfTraining) {
  for (const OpCase& c : cases())
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      SCOPED_TRACE(c.name + " " + name_of(dtype));
      const std::vector<double> want = testing::evaluate(c, Device::cpu, dtype).results[0];
      EXPECT_EQ(testing::evaluate(c, Device::cpu, dtype, false).results[0], want);
      std::vector<Weight> w = testing::make_weights(c, Device::cpu, dtype);
      const size_t k = c.inputs[0].cols, n = c.weights[0].rows;
      for (size_t t = 0; t < c.inputs[0].rows; ++t) {
        const auto begin = c.inputs[0].data.begin() + static_cast<ptrdiff_t>(t * k);
        const Values row{1, k, {begin, begin + static_cast<ptrdiff_t>(k)}};
        const auto alone =
            testing::to_doubles(ternary_linear(testing::to_tensor(row, Device::cpu, dtype), w[0]).mat());
        ASSERT_TRUE(std::equal(alone.begin(), alone.end(), want.begin() + static_cast<ptrdiff_t>(t * n)));
      }
    }
}

TEST(TernaryLinear, EachTensorOfAWeightHasItsOwnUnit) {
  OpCase c = make_case(4, 12, 6);
  for (size_t i = 36; i < 72; ++i) c.weights[0].data[i] *= 100;
  c.function = [](auto& x, auto& w) -> std::vector<Tensor> {
    w[0].parts = {{"a", {3, 12}, 0, 36}, {"b", {3, 12}, 36, 36}};
    return {ternary_linear(x[0], w[0])};
  };
  OpCase top = make_case(4, 12, 3);
  top.weights[0].data.assign(c.weights[0].data.begin(), c.weights[0].data.begin() + 36);
  for (const bool tape : {false, true}) {
    const auto both = testing::evaluate(c, Device::cpu, Dtype::f32, tape).results[0];
    const auto alone = testing::evaluate(top, Device::cpu, Dtype::f32, tape).results[0];
    for (size_t t = 0; t < 4; ++t)
      for (size_t n = 0; n < 3; ++n) EXPECT_EQ(both[t * 6 + n], alone[t * 3 + n]);
  }
}

TEST(TernaryLinear, ZerosStayZerosAndWhatIsNoNumberIsSeen) {
  for (const bool tape : {false, true}) {
    OpCase c = make_case(3, 20, 4);
    for (size_t k = 0; k < 20; ++k) c.inputs[0].data[k] = 0, c.inputs[0].data[20 + k] = 1e-40;
    c.inputs[0].data[45] = tape ? HUGE_VAL : NAN;
    const auto y = testing::evaluate(c, Device::cpu, Dtype::f32, tape).results[0];
    for (size_t i = 0; i < 8; ++i) EXPECT_EQ(y[i], 0);
    for (size_t i = 8; i < 12; ++i) EXPECT_TRUE(std::isnan(y[i]));
    c = make_case(2, 20, 4);
    c.weights[0].data.assign(80, 0);
    EXPECT_EQ(testing::evaluate(c, Device::cpu, Dtype::f32, tape).results[0], std::vector<double>(8));
  }
}

TEST(TernaryLinear, AWeightThatChangedIsRoundedAnew) {
  const OpCase c = make_case(2, 20, 4);
  std::vector<Weight> w = testing::make_weights(c, Device::cpu, Dtype::f32);
  const Tensor x = testing::to_tensor(c.inputs[0], Device::cpu, Dtype::f32);
  const auto in_training = [&] {
    const Tape tape;
    return testing::to_doubles(ternary_linear(x, w[0]).mat());
  };
  const auto before = testing::to_doubles(ternary_linear(x, w[0]).mat());
  EXPECT_EQ(in_training(), before);
  for (size_t i = 0; i < 80; ++i) w[0].writable().row<float>(0)[i] *= i % 3 == 0 ? -1.0f : 1.0f;
  w[0].changed();
  const auto after = testing::to_doubles(ternary_linear(x, w[0]).mat());
  EXPECT_NE(after, before);
  EXPECT_EQ(in_training(), after);
}

TEST(TernaryLinear, RefusesAnotherWidth) {
  OpCase c = make_case(2, 8, 3);
  c.weights[0] = random_values(3, 7, 2);
  EXPECT_THROW(testing::evaluate(c, Device::cpu, Dtype::f32), Error);
}

}  // namespace
}  // namespace bantam
