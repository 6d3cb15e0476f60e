// One decoded token's product with a feed's projection: 2-bit weights and 8-bit rows beside bf16 and f32. Twelve matrices in
// turn, as a model's layers are, so that what does not fit the cache is read from memory.
#include <benchmark/benchmark.h>

#include <memory>

#include "bench/inputs.h"
#include "ops/linear.h"
#include "ops/ternary_linear.h"

namespace bantam {
namespace {

constexpr size_t kMatrices = 12;

std::vector<Weight> matrices(size_t outputs, size_t inputs, bool ternary, Dtype dtype) {
  std::vector<Weight> all(kMatrices);
  for (size_t i = 0; i < kMatrices; ++i) {
    Weight& w = all[i];
    w.rows = outputs, w.cols = inputs, w.ternary = ternary;
    w.parts = {{"w", {outputs, inputs}, 0, w.count()}};
    w.master = random_tensor(outputs, inputs, Dtype::f32, i, 0.02f);
    if (dtype == Dtype::bf16) w.low = random_tensor(outputs, inputs, Dtype::bf16, i, 0.02f);
  }
  return all;
}

void token(benchmark::State& state, size_t inputs, size_t outputs, bool ternary, Dtype dtype) {
  std::vector<Weight> weights = matrices(outputs, inputs, ternary, dtype);
  const Tensor x = random_tensor(1, inputs, dtype, 99);
  const auto product = [&](Weight& w) { return ternary ? ternary_linear(x, w) : linear(x, w); };
  for (Weight& w : weights) product(w);  // packs
  size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(product(weights[next++ % kMatrices]).mat().data);
  state.counters["weights/s"] = benchmark::Counter(static_cast<double>(inputs * outputs),
                                                   benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK_CAPTURE(token, gate_up_50m_ternary, 512, 2816, true, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, gate_up_50m_bf16, 512, 2816, false, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, gate_up_50m_f32, 512, 2816, false, Dtype::f32)->UseRealTime();
BENCHMARK_CAPTURE(token, down_50m_ternary, 1408, 512, true, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, down_50m_bf16, 1408, 512, false, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, gate_up_1b_ternary, 2048, 11008, true, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, gate_up_1b_bf16, 2048, 11008, false, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, down_1b_ternary, 5504, 2048, true, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, down_1b_bf16, 5504, 2048, false, Dtype::bf16)->UseRealTime();

}  // namespace
}  // namespace bantam
