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

Tensor copied(const Tensor& x, Dtype dtype) {
  Output out = like(x, dtype);
  copy(Device::cpu, x.mat(), out.mat());
  return constant("a matrix of its own", std::move(out));
}

// Of the same numbers, each in memory of its own.
std::vector<Weight> matrices(size_t outputs, size_t inputs, bool ternary, Dtype dtype) {
  std::vector<Weight> all(kMatrices);
  const Tensor master = random_tensor(outputs, inputs, Dtype::f32, 1, 0.02f);
  for (Weight& w : all) {
    w.rows = outputs, w.cols = inputs, w.ternary = ternary;
    w.parts = {{"w", {outputs, inputs}, 0, w.count()}};
    w.master = ternary ? master : copied(master, Dtype::f32);
    if (dtype == Dtype::bf16) w.low = copied(master, Dtype::bf16);
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
BENCHMARK_CAPTURE(token, gate_up_350m_ternary, 1024, 5632, true, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, gate_up_350m_bf16, 1024, 5632, false, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, down_350m_ternary, 2816, 1024, true, Dtype::bf16)->UseRealTime();
BENCHMARK_CAPTURE(token, down_350m_bf16, 2816, 1024, false, Dtype::bf16)->UseRealTime();

}  // namespace
}  // namespace bantam
