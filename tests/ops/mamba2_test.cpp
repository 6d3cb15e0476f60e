#include "ops/mamba2.h"

#include <numeric>

#include "ops/elementwise.h"
#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using testing::to_doubles;
using testing::to_tensor;
using testing::uniform_values;
using testing::Values;

struct Shape {
  size_t heads, width, groups, state;
  bool steps = true;  // δ is given
};

Segments segments_of(const std::vector<size_t>& lengths) {
  Segments segments;
  size_t start = 0;
  for (const size_t length : lengths) {
    segments.push_back({start, length});
    start += length;
  }
  return segments;
}

// x, B and C as columns of one matrix; log a; δ.
std::vector<Values> inputs_of(size_t rows, const Shape& s) {
  const size_t cols = 1 + s.heads * s.width + 2 * s.groups * s.state;
  return {random_values(rows, cols, 1, 0.5), uniform_values(rows, s.heads, 2, -1, -0.001),
          uniform_values(rows, s.heads, 3, 0.1, 1.5)};
}

// log a and δ are never bf16.
Mamba2Inputs as_inputs(const std::vector<Tensor>& x, const Shape& s) {
  const size_t values = s.heads * s.width, states = s.groups * s.state;
  const Dtype wide = x[0].dtype() == Dtype::f64 ? Dtype::f64 : Dtype::f32;
  return {x[0].columns(1, values),
          x[0].columns(1 + values, states),
          x[0].columns(1 + values + states, states),
          cast(x[1], wide),
          s.steps ? cast(x[2], wide) : Tensor(),
          s.heads,
          s.groups};
}

OpCase make_case(const Shape& s, const std::vector<size_t>& lengths) {
  const size_t rows = std::accumulate(lengths.begin(), lengths.end(), size_t{0});
  return {fmt::format("mamba2 {} heads of {}, {} groups of {}", s.heads, s.width, s.groups, s.state),
          inputs_of(rows, s),
          {random_values(1, s.heads, 4)},
          [=](auto& x, auto& w) -> std::vector<Tensor> {
            return {mamba2(as_inputs(x, s), w[0], segments_of(lengths))};
          },
          s.steps ? std::vector<size_t>{} : std::vector<size_t>{2}};
}

TEST(Mamba2, GradientsAgainstFiniteDifferences) {
  testing::check_gradients(make_case({4, 3, 2, 5}, {6, 1, 3}));
  testing::check_gradients(make_case({2, 2, 1, 3, false}, {19}));
}

TEST(Mamba2, CpuAgainstReference) {
  for (const Shape& s : {Shape{2, 1, 1, 1}, Shape{2, 16, 2, 16}, Shape{4, 20, 2, 7},
                         Shape{3, 64, 1, 33, false}, Shape{1, 80, 1, 16}, Shape{2, 32, 1, 64}}) {
    const OpCase c = make_case(s, {50, 1, 16, 33});
    testing::check_cpu(c, Dtype::f32, 5e-6, 1e-5);
    testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
  }
}

// Segments of one chunk, of whole ones, and of several with a rest.
TEST(Mamba2, SeveralChunksAgainstReference) {
  for (const Shape& s : {Shape{4, 20, 2, 7}, Shape{2, 32, 1, 33, false}}) {
    const OpCase c = make_case(s, {64, 200, 65, 128, 3});
    testing::check_cpu(c, Dtype::f32, 5e-6, 1e-5);
    testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
    testing::check_threads(c, Dtype::f32);
  }
}

// A token that forgets everything leaves what comes behind it exact, and nothing overflows on the way.
TEST(Mamba2, ForgettingEverythingNowAndThen) {
  OpCase c = make_case({2, 8, 1, 4}, {150});
  for (size_t i = 0; i < c.inputs[1].data.size(); ++i) c.inputs[1].data[i] = i % 14 < 2 ? -3e4 : -1e-3;
  testing::check_cpu(c, Dtype::f32, 5e-6, 1e-5);
}

TEST(Mamba2, ThreadsDoNotMatter) {
  testing::check_threads(make_case({4, 32, 2, 16}, {40, 7, 17}), Dtype::f32);
  testing::check_threads(make_case({3, 100, 1, 12}, {40, 7, 17}), Dtype::bf16);
}

std::vector<double> rows_of(const std::vector<double>& m, size_t cols, const Segment& s) {
  return {m.begin() + static_cast<ptrdiff_t>(s.start * cols),
          m.begin() + static_cast<ptrdiff_t>((s.start + s.length) * cols)};
}

Weight skip_of(size_t heads) {
  OpCase c;
  c.weights = {random_values(1, heads, 4)};
  Weight skip = std::move(testing::make_weights(c, Device::cpu, Dtype::f32).front());
  skip.gradient = Output();
  return skip;
}

TEST(Mamba2, PackedRowsEqualSeparateOnes) {
  const Shape s{2, 16, 1, 8};
  const std::vector<size_t> lengths = {21, 1, 40, 100};
  const OpCase packed = make_case(s, lengths);
  const auto whole = testing::evaluate(packed, Device::cpu, Dtype::f32);
  const Values seed = random_values(162, 32, 1000, 0.7);
  Weight skip = skip_of(s.heads);
  for (const Segment& segment : segments_of(lengths)) {
    Tape tape;
    std::vector<Tensor> x;
    for (const Values& v : packed.inputs)
      x.push_back(tape.watch(
          to_tensor({segment.length, v.cols, rows_of(v.data, v.cols, segment)}, Device::cpu, Dtype::f32)));
    const Tensor y = mamba2(as_inputs(x, s), skip, {{0, segment.length}});
    EXPECT_EQ(to_doubles(y.mat()), rows_of(whole.results[0], 32, segment));
    tape.backward(
        {y}, {to_tensor({segment.length, 32, rows_of(seed.data, 32, segment)}, Device::cpu, Dtype::f32)});
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_EQ(to_doubles(tape.gradient(x[i]).mat()),
                rows_of(whole.input_gradients[i], packed.inputs[i].cols, segment));
  }
}

// A sequence cut into calls goes on from its state with the same bits as in one, alone or in company. Training takes chunks
// and adds in another order.
TEST(Mamba2, StepsContinueWithTheSameBits) {
  for (const Shape& s : {Shape{4, 16, 2, 8}, Shape{2, 20, 1, 7}, Shape{1, 100, 1, 16, false}})
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      const size_t length = 45, cols = s.heads * s.width;
      const std::vector<Values> values = inputs_of(length, s);
      Weight skip = skip_of(s.heads);
      const auto part = [&](const std::vector<Segment>& ranges) {
        std::vector<Tensor> x;
        for (const Values& v : values) {
          std::vector<double> rows;
          for (const Segment& r : ranges) {
            const std::vector<double> more = rows_of(v.data, v.cols, r);
            rows.insert(rows.end(), more.begin(), more.end());
          }
          x.push_back(to_tensor({rows.size() / v.cols, v.cols, rows}, Device::cpu, dtype));
        }
        return as_inputs(x, s);
      };
      std::vector<float> whole(cols * s.state);
      float* const from_start = whole.data();
      const auto want =
          to_doubles(mamba2_step(part({{0, length}}), skip, {{0, length}}, {&from_start, 1}).mat());
      const auto trained = to_doubles(mamba2(part({{0, length}}), skip, {{0, length}}).mat());
      EXPECT_LE(testing::relative_difference(want, trained), dtype == Dtype::f32 ? 5e-6 : 1e-2);
      for (const size_t chunk : {1, 2, 7, 16}) {
        std::vector<float> state(cols * s.state);
        float* const pointer = state.data();
        std::vector<double> got;
        for (size_t t = 0; t < length; t += chunk) {
          const size_t count = std::min(chunk, length - t);
          const auto y = to_doubles(mamba2_step(part({{t, count}}), skip, {{0, count}}, {&pointer, 1}).mat());
          got.insert(got.end(), y.begin(), y.end());
        }
        EXPECT_EQ(got, want) << s.width << " " << chunk;
        EXPECT_EQ(state, whole);
      }
      // Two sequences in one call: one from the start, one from where five tokens led.
      std::vector<float> first(cols * s.state), second = first;
      float* const later = second.data();
      mamba2_step(part({{0, 5}}), skip, {{0, 5}}, {&later, 1});
      float* const pointers[] = {first.data(), second.data()};
      const auto y = to_doubles(mamba2_step(part({{0, 3}, {5, 4}}), skip, {{0, 3}, {3, 4}}, pointers).mat());
      EXPECT_EQ(rows_of(y, cols, {0, 3}), rows_of(want, cols, {0, 3}));
      EXPECT_EQ(rows_of(y, cols, {3, 4}), rows_of(want, cols, {5, 4}));
    }
}

TEST(Mamba2, RefusesWhatDoesNotFit) {
  const Shape s{4, 8, 2, 3};
  std::vector<Tensor> x;
  for (const Values& v : inputs_of(4, s)) x.push_back(to_tensor(v, Device::cpu, Dtype::f32));
  Weight skip = skip_of(4), other = skip_of(2);
  Mamba2Inputs in = as_inputs(x, s);
  EXPECT_THROW(mamba2(in, other, {{0, 4}}), Error);
  EXPECT_THROW(mamba2(in, skip, {{0, 3}}), Error);
  EXPECT_THROW(mamba2_step(in, skip, {{0, 4}}, {}), Error);
  in.groups = 3;
  EXPECT_THROW(mamba2(in, skip, {{0, 4}}), Error);
  in.groups = 2, in.heads = 3;
  EXPECT_THROW(mamba2(in, skip, {{0, 4}}), Error);
}

}  // namespace
}  // namespace bantam
