// Attention: both directions of training, and decoding over remembered keys.
#include <benchmark/benchmark.h>

#include <cmath>

#include "bench/inputs.h"
#include "ops/attention.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

struct Shape {
  size_t documents, length, heads, kv_heads, width;
};

AttentionShape shape_of(const Shape& s) {
  return {s.heads, s.kv_heads, s.width, 1 / std::sqrt(static_cast<float>(s.width)), 0};
}

// A fused projection's result, one layer. `backward`: only the way back is timed.
void train(benchmark::State& state, Shape s, Dtype dtype, bool backward) {
  const size_t rows = s.documents * s.length, q = s.heads * s.width, kv = s.kv_heads * s.width;
  const Tensor qkv = random_tensor(rows, q + 2 * kv, dtype, 1), dy = random_tensor(rows, q, dtype, 2);
  Segments segments;
  for (size_t i = 0; i < s.documents; ++i) segments.push_back({i * s.length, s.length});
  for (auto _ : state) {
    if (backward) state.PauseTiming();
    Tape tape;
    const Tensor x = tape.watch(qkv);
    const Tensor y =
        attention(x.columns(0, q), x.columns(q, kv), x.columns(q + kv, kv), shape_of(s), segments);
    if (!backward) state.PauseTiming();
    if (backward) state.ResumeTiming();
    tape.backward({y}, {dy});
    if (!backward) state.ResumeTiming();
  }
  const double pairs = static_cast<double>(rows * s.heads) * static_cast<double>(s.length + 1) / 2;
  state.counters["FLOP/s"] = benchmark::Counter((backward ? 10 : 4) * pairs * static_cast<double>(s.width),
                                                benchmark::Counter::kIsIterationInvariantRate);
}

// `queries` new tokens of each sequence over `length` remembered ones, one layer.
void decode(benchmark::State& state, size_t sequences, size_t queries, size_t length, Shape s, Dtype dtype) {
  const Tensor q = random_tensor(sequences * queries, s.heads * s.width, Dtype::f32, 1);
  const Tensor kv = random_tensor(length, 2 * s.kv_heads * s.width, dtype, 2);
  const size_t cols = s.kv_heads * s.width;
  std::vector<Tensor> memories;
  std::vector<KeyValueView> past;
  Segments segments;
  for (size_t i = 0; i < sequences; ++i) {
    memories.push_back(random_tensor(length, 2 * cols, dtype, 2 + i));
    const ConstMat all = memories[i].mat();
    past.push_back({all.slice_cols(0, cols), all.slice_cols(cols, cols), 0});
    segments.push_back({i * queries, queries});
  }
  for (auto _ : state) benchmark::DoNotOptimize(attention_over(q, past, shape_of(s), segments).data<float>());
  state.counters["B/s"] =
      benchmark::Counter(static_cast<double>(sequences * length * 2 * cols * bytes_of(dtype)),
                         benchmark::Counter::kIsIterationInvariantRate);
}

const Shape kQovaryx{4, 512, 8, 2, 64}, kLong{1, 2048, 8, 2, 64}, kShort{64, 32, 8, 2, 64},
    kSmol{1, 1, 9, 3, 64};

BENCHMARK_CAPTURE(train, forward_bf16, kQovaryx, Dtype::bf16, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_bf16, kQovaryx, Dtype::bf16, true)->UseRealTime();
BENCHMARK_CAPTURE(train, forward_f32, kQovaryx, Dtype::f32, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_f32, kQovaryx, Dtype::f32, true)->UseRealTime();
BENCHMARK_CAPTURE(train, forward_long, kLong, Dtype::bf16, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_long, kLong, Dtype::bf16, true)->UseRealTime();
BENCHMARK_CAPTURE(train, forward_short, kShort, Dtype::bf16, false)->UseRealTime();
BENCHMARK_CAPTURE(train, backward_short, kShort, Dtype::bf16, true)->UseRealTime();
BENCHMARK_CAPTURE(decode, prefill_512, 1, 512, 512, kSmol, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(decode, one_at_512, 1, 1, 512, kSmol, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(decode, one_at_512_f32, 1, 1, 512, kSmol, Dtype::f32)->UseRealTime();
BENCHMARK_CAPTURE(decode, one_at_4096, 1, 1, 4096, kSmol, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(decode, one_at_4096_f32, 1, 1, 4096, kSmol, Dtype::f32)->UseRealTime();
BENCHMARK_CAPTURE(decode, sixteen_at_512, 16, 1, 512, kSmol, Dtype::bf16)->UseRealTime();

}  // namespace
}  // namespace bantam
