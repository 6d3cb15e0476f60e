// RWKV-7: both directions of training, and one token with state.
#include <benchmark/benchmark.h>

#include "bench/inputs.h"
#include "ops/rwkv7.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

Rwkv7Inputs inputs_of(size_t rows, size_t heads, size_t width) {
  const auto make = [&](uint64_t seed, float scale, float offset) {
    return random_tensor(rows, heads * width, Dtype::f32, seed, scale, offset);
  };
  return {make(1, 0.3f, 0), make(2, 0.01f, 0.95f), make(3, 0.3f, 0),
          make(4, 0.3f, 0), make(5, 0.1f, 0),      random_tensor(rows, heads, Dtype::f32, 6, 0.05f, 0.5f)};
}

// One layer.
void train(benchmark::State& state, size_t documents, size_t length, size_t heads, size_t width,
           bool backward) {
  const size_t rows = documents * length;
  const Rwkv7Inputs x = inputs_of(rows, heads, width);
  const Tensor d_o = random_tensor(rows, heads * width, Dtype::f32, 7);
  Segments segments;
  for (size_t i = 0; i < documents; ++i) segments.push_back({i * length, length});
  for (auto _ : state) {
    if (backward) state.PauseTiming();
    Tape tape;
    const Rwkv7Inputs leaves{tape.watch(x.r), tape.watch(x.w),     tape.watch(x.k),
                             tape.watch(x.v), tape.watch(x.kappa), tape.watch(x.a)};
    const Tensor o = rwkv7(leaves, heads, segments);
    if (!backward) state.PauseTiming();
    if (backward) state.ResumeTiming();
    tape.backward({o}, {d_o});
    if (!backward) state.ResumeTiming();
  }
}

void step(benchmark::State& state, size_t sequences, size_t heads, size_t width) {
  const Rwkv7Inputs x = inputs_of(sequences, heads, width);
  std::vector<std::vector<float>> memory(sequences, std::vector<float>(heads * width * width));
  std::vector<float*> states;
  Segments segments;
  for (size_t i = 0; i < sequences; ++i) states.push_back(memory[i].data()), segments.push_back({i, 1});
  for (auto _ : state) benchmark::DoNotOptimize(rwkv7_step(x, heads, segments, states).data<float>());
}

BENCHMARK_CAPTURE(train, forward_d512, 4, 512, 8, 64, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_d512, 4, 512, 8, 64, true)->UseRealTime();
BENCHMARK_CAPTURE(train, forward_femto, 8, 256, 4, 32, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_femto, 8, 256, 4, 32, true)->UseRealTime();
BENCHMARK_CAPTURE(step, one_d512, 1, 8, 64)->UseRealTime();
BENCHMARK_CAPTURE(step, sixteen_d512, 16, 8, 64)->UseRealTime();

}  // namespace
}  // namespace bantam
