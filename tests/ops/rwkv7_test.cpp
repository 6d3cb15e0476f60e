#include "ops/rwkv7.h"

#include <cmath>
#include <numeric>

#include "ops/op_check.h"
#include "tensor/kernel.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using testing::to_doubles;
using testing::to_tensor;
using testing::uniform_values;
using testing::Values;

Segments segments_of(const std::vector<size_t>& lengths) {
  Segments segments;
  size_t start = 0;
  for (const size_t length : lengths) {
    segments.push_back({start, length});
    start += length;
  }
  return segments;
}

Values unit_length(Values v, size_t width) {
  for (size_t i = 0; i < v.data.size(); i += width) {
    double squares = 0;
    for (size_t j = 0; j < width; ++j) squares += v.data[i + j] * v.data[i + j];
    for (size_t j = 0; j < width; ++j) v.data[i + j] = static_cast<float>(v.data[i + j] / std::sqrt(squares));
  }
  return v;
}

// VUAF's form has one rate a head and removes from the decayed state, the published one neither.
constexpr Rwkv7Removal kVuaf = Rwkv7Removal::decayed, kPublished = Rwkv7Removal::undecayed;

// r, w, k, v, κ, a. r, k and v are columns of one matrix.
std::vector<Values> inputs_of(size_t rows, size_t heads, size_t width, Rwkv7Removal removal = kVuaf) {
  const size_t cols = heads * width, rates = removal == kVuaf ? heads : cols;
  return {random_values(rows, 3 * cols + 1, 1, 0.5), uniform_values(rows, cols, 2, 0.8, 0.999),
          unit_length(random_values(rows, cols, 3), width), uniform_values(rows, rates, 4, 0.1, 0.9)};
}
Rwkv7Inputs as_inputs(const std::vector<Tensor>& x, Rwkv7Removal removal = kVuaf) {
  const size_t cols = x[1].cols();
  return {x[0].columns(0, cols),
          x[1],
          x[0].columns(cols + 1, cols),
          x[0].columns(2 * cols + 1, cols),
          x[2],
          x[3],
          removal};
}

OpCase make_case(size_t heads, size_t width, const std::vector<size_t>& lengths,
                 Rwkv7Removal removal = kVuaf) {
  const size_t rows = std::accumulate(lengths.begin(), lengths.end(), size_t{0});
  return {fmt::format("rwkv7 {} heads of {}, {} rows in {} segments", heads, width, rows, lengths.size()),
          inputs_of(rows, heads, width, removal),
          {},
          [=](auto& x, auto&) -> std::vector<Tensor> {
            return {rwkv7(as_inputs(x, removal), heads, segments_of(lengths))};
          }};
}

TEST(Rwkv7, GradientsAgainstFiniteDifferences) {
  testing::check_gradients(make_case(2, 4, {6, 1, 3}));
  testing::check_gradients(make_case(1, 5, {19}));
  testing::check_gradients(make_case(2, 4, {6, 1, 3}, kPublished));
  testing::check_gradients(make_case(1, 5, {19}, kPublished));
}

TEST(Rwkv7, CpuAgainstReference) {
  for (const Rwkv7Removal removal : {kVuaf, kPublished})
    for (const size_t width : {1, 7, 12, 16, 31, 32, 48, 64, 80}) {
      const OpCase c = make_case(2, width, {50, 1, 16, 33}, removal);
      testing::check_cpu(c, Dtype::f32, 5e-6, 1e-5);
      testing::check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
    }
}

TEST(Rwkv7, ThreadsDoNotMatter) {
  testing::check_threads(make_case(3, 32, {40, 7, 17}), Dtype::f32);
  testing::check_threads(make_case(3, 20, {40, 7, 17}, kPublished), Dtype::bf16);
}

std::vector<double> rows_of(const std::vector<double>& m, size_t cols, const Segment& s) {
  return {m.begin() + static_cast<ptrdiff_t>(s.start * cols),
          m.begin() + static_cast<ptrdiff_t>((s.start + s.length) * cols)};
}

TEST(Rwkv7, PackedRowsEqualSeparateOnes) {
  const std::vector<size_t> lengths = {21, 1, 40};
  const OpCase packed = make_case(2, 16, lengths);
  const auto whole = testing::evaluate(packed, Device::cpu, Dtype::f32);
  const Values seed = random_values(62, 32, 1000, 0.7);
  for (const Segment& s : segments_of(lengths)) {
    Tape tape;
    std::vector<Tensor> x;
    for (const Values& v : packed.inputs)
      x.push_back(
          tape.watch(to_tensor({s.length, v.cols, rows_of(v.data, v.cols, s)}, Device::cpu, Dtype::f32)));
    const Tensor o = rwkv7(as_inputs(x), 2, {{0, s.length}});
    EXPECT_EQ(to_doubles(o.mat()), rows_of(whole.results[0], 32, s));
    tape.backward({o}, {to_tensor({s.length, 32, rows_of(seed.data, 32, s)}, Device::cpu, Dtype::f32)});
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_EQ(to_doubles(tape.gradient(x[i]).mat()),
                rows_of(whole.input_gradients[i], packed.inputs[i].cols, s));
  }
}

// A sequence cut into calls goes on from its state with the same bits as in one pass, alone or in company.
TEST(Rwkv7, StepsContinueWithTheSameBits) {
  for (const size_t width : {7, 16, 64})
    for (const auto& [dtype, removal] :
         {std::pair(Dtype::f32, kVuaf), std::pair(Dtype::bf16, kVuaf), std::pair(Dtype::f32, kPublished)}) {
      const size_t length = 45, heads = 2, cols = heads * width;
      const std::vector<Values> values = inputs_of(length, heads, width, removal);
      const auto part = [&, type = dtype, removal = removal](size_t begin, size_t count) {
        std::vector<Tensor> x;
        for (const Values& v : values)
          x.push_back(to_tensor({count, v.cols, rows_of(v.data, v.cols, {begin, count})}, Device::cpu, type));
        return as_inputs(x, removal);
      };
      const auto want = to_doubles(rwkv7(part(0, length), heads, {{0, length}}).mat());
      std::vector<float> final_state;
      for (const size_t chunk : {1, 2, 7, 16, 45}) {
        std::vector<float> state(heads * width * width);
        float* const pointer = state.data();
        std::vector<double> got;
        for (size_t t = 0; t < length; t += chunk) {
          const size_t count = std::min(chunk, length - t);
          const auto o = to_doubles(rwkv7_step(part(t, count), heads, {{0, count}}, {&pointer, 1}).mat());
          got.insert(got.end(), o.begin(), o.end());
        }
        EXPECT_EQ(got, want) << width << " " << chunk;
        if (final_state.empty()) final_state = state;
        EXPECT_EQ(state, final_state);
      }
      // Two sequences in one call: one from the start, one from where five tokens led.
      std::vector<float> first(heads * width * width), second = first;
      float* const later = second.data();
      rwkv7_step(part(0, 5), heads, {{0, 5}}, {&later, 1});
      std::vector<Tensor> both;
      for (const Values& v : values) {
        std::vector<double> rows = rows_of(v.data, v.cols, {0, 3}), more = rows_of(v.data, v.cols, {5, 4});
        rows.insert(rows.end(), more.begin(), more.end());
        both.push_back(to_tensor({7, v.cols, rows}, Device::cpu, dtype));
      }
      float* const pointers[] = {first.data(), second.data()};
      const auto o =
          to_doubles(rwkv7_step(as_inputs(both, removal), heads, {{0, 3}, {3, 4}}, pointers).mat());
      EXPECT_EQ(rows_of(o, cols, {0, 3}), rows_of(want, cols, {0, 3}));
      EXPECT_EQ(rows_of(o, cols, {3, 4}), rows_of(want, cols, {5, 4}));
    }
}

TEST(Rwkv7, MemoryComesFromTheArenaOnce) {
  const OpCase c = make_case(2, 32, {100, 30});
  testing::evaluate(c, Device::cpu, Dtype::f32);
  const uint64_t before = arena_use(Device::cpu).system_calls;
  testing::evaluate(c, Device::cpu, Dtype::f32);
  EXPECT_EQ(arena_use(Device::cpu).system_calls, before);
}

TEST(Rwkv7, RefusesWhatDoesNotFit) {
  std::vector<Tensor> x;
  for (const Values& v : inputs_of(4, 2, 8)) x.push_back(to_tensor(v, Device::cpu, Dtype::f32));
  const Rwkv7Inputs in = as_inputs(x);
  EXPECT_THROW(rwkv7(in, 3, {{0, 4}}), Error);
  EXPECT_THROW(rwkv7(in, 4, {{0, 4}}), Error);  // a has two columns
  EXPECT_THROW(rwkv7(in, 2, {{0, 3}}), Error);
  EXPECT_THROW(rwkv7_step(in, 2, {{0, 4}}, {}), Error);
}

}  // namespace
}  // namespace bantam
