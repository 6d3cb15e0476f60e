// The recurrence of Mamba-2: both directions of training, and one token with state.
#include "ops/mamba2.h"

#include <benchmark/benchmark.h>

#include "bench/inputs.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

struct Shape {
  size_t documents, length, heads, width, state;
};

Mamba2Inputs inputs_of(size_t rows, const Shape& s) {
  const auto make = [&](size_t cols, uint64_t seed, float scale, float offset) {
    return random_tensor(rows, cols, Dtype::f32, seed, scale, offset);
  };
  return {make(s.heads * s.width, 1, 0.3f, 0),
          make(s.state, 2, 0.3f, 0),
          make(s.state, 3, 0.3f, 0),
          make(s.heads, 4, 0.01f, -0.05f),
          make(s.heads, 5, 0.05f, 0.5f),
          s.heads,
          1};
}

Weight skip_of(size_t heads) {
  Weight skip;
  skip.rows = 1, skip.cols = heads;
  skip.master = random_tensor(1, heads, Dtype::f32, 6);
  return skip;
}

// One layer.
void train(benchmark::State& state, Shape s, bool backward) {
  const size_t rows = s.documents * s.length;
  const Mamba2Inputs x = inputs_of(rows, s);
  Weight skip = skip_of(s.heads);
  const Tensor dy = random_tensor(rows, s.heads * s.width, Dtype::f32, 7);
  Segments segments;
  for (size_t i = 0; i < s.documents; ++i) segments.push_back({i * s.length, s.length});
  for (auto _ : state) {
    if (backward) state.PauseTiming();
    Tape tape;
    const Mamba2Inputs leaves{tape.watch(x.x),    tape.watch(x.b), tape.watch(x.c), tape.watch(x.log_decay),
                              tape.watch(x.step), x.heads,         x.groups};
    const Tensor y = mamba2(leaves, skip, segments);
    if (!backward) state.PauseTiming();
    if (backward) state.ResumeTiming();
    tape.backward({y}, {dy});
    if (!backward) state.ResumeTiming();
  }
}

void step(benchmark::State& state, size_t sequences, Shape s) {
  const Mamba2Inputs x = inputs_of(sequences, s);
  Weight skip = skip_of(s.heads);
  std::vector<std::vector<float>> memory(sequences, std::vector<float>(s.heads * s.width * s.state));
  std::vector<float*> states;
  Segments segments;
  for (size_t i = 0; i < sequences; ++i) states.push_back(memory[i].data()), segments.push_back({i, 1});
  for (auto _ : state) benchmark::DoNotOptimize(mamba2_step(x, skip, segments, states).data<float>());
}

// VUAF's shape and the published one at width 512.
const Shape kVuaf{4, 512, 8, 64, 16}, kPublished{4, 512, 16, 64, 128};

BENCHMARK_CAPTURE(train, forward_vuaf_d512, kVuaf, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_vuaf_d512, kVuaf, true)->UseRealTime();
BENCHMARK_CAPTURE(train, forward_published_d512, kPublished, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_published_d512, kPublished, true)->UseRealTime();
BENCHMARK_CAPTURE(step, one_published_d512, 1, kPublished)->UseRealTime();
BENCHMARK_CAPTURE(step, sixteen_published_d512, 16, kPublished)->UseRealTime();

}  // namespace
}  // namespace bantam
