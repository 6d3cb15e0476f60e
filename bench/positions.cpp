// One decoded token at positions 100 to 100,000 of a model with one kind of mixer: of recurrent mixers it takes the same
// time at each, of attention with a window too, of attention without one it grows. Four layers of width 512 with SwiGLU, a
// small head, bf16. The prompt before 100,000 takes a while for each mixer; it runs once. Run with
// --benchmark_enable_random_interleaving=true.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "infer/engine.h"

namespace bantam {
namespace {

constexpr size_t kTokens = 16, kVocab = 4096;

ModelConfig model_of(const std::string& mixer) {
  const Json layer = {
      {"mixer", Json::parse(mixer)}, {"feed", {{"kind", "swiglu"}, {"width", 1408}}}, {"repeat", 4}};
  return parse_model(
      {{"width", 512}, {"vocab", kVocab}, {"context", 1 << 17}, {"layers", Json::array({layer})}}, "bench");
}

// A model and what it remembers at the positions that were asked for.
class Decoding {
 public:
  explicit Decoding(const std::string& mixer)
      : model_(model_of(mixer), Device::cpu, Dtype::bf16), engine_(model_, {}) {
    model_.initialise(1);
    SamplingSettings greedy;
    greedy.temperature = 0;
    at_.emplace(0, engine_.begin(greedy));
  }
  Engine& engine() { return engine_; }
  // A sequence whose next token is that at `position`.
  const Sequence& before(size_t position) {
    const auto nearest = std::prev(at_.upper_bound(position));
    if (nearest->first == position) return nearest->second;
    Sequence sequence = nearest->second;
    std::vector<int32_t> ids;
    for (size_t i = sequence.length(); i + 1 < position; ++i)
      ids.push_back(static_cast<int32_t>(i * 2654435761u % kVocab));
    engine_.extend(sequence, ids);
    engine_.next(sequence);
    return at_.emplace(position, std::move(sequence)).first->second;
  }

 private:
  Decoder model_;
  Engine engine_;
  std::map<size_t, Sequence> at_;
};

Decoding& decoding_of(const std::string& mixer) {
  static std::map<std::string, std::unique_ptr<Decoding>> all;
  std::unique_ptr<Decoding>& decoding = all[mixer];
  if (!decoding) decoding = std::make_unique<Decoding>(mixer);
  return *decoding;
}

void token(benchmark::State& state, const char* mixer) {
  Decoding& decoding = decoding_of(mixer);
  const Sequence& start = decoding.before(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    Sequence sequence = start;
    decoding.engine().next(sequence);  // what it shares with `start` becomes its own
    state.ResumeTiming();
    for (size_t i = 0; i < kTokens; ++i) benchmark::DoNotOptimize(decoding.engine().next(sequence));
  }
  state.counters["s/token"] =
      benchmark::Counter(static_cast<double>(kTokens),
                         static_cast<benchmark::Counter::Flags>(
                             benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert));
}

#define BANTAM_TOKEN(name, mixer)       \
  BENCHMARK_CAPTURE(token, name, mixer) \
      ->Unit(benchmark::kMillisecond)   \
      ->UseRealTime()                   \
      ->Arg(100)                        \
      ->Arg(1000)                       \
      ->Arg(10000)
BANTAM_TOKEN(rwkv7, R"({"kind": "rwkv7", "heads": 8, "rank": 64})")->Arg(100000);
BANTAM_TOKEN(rwkv7_published, R"({"kind": "rwkv7_published"})")->Arg(100000);
BANTAM_TOKEN(mamba2, R"({"kind": "mamba2"})")->Arg(100000);
BANTAM_TOKEN(mamba2_published, R"({"kind": "mamba2_published"})")->Arg(100000);
BANTAM_TOKEN(attention_window, R"({"kind": "attention", "heads": 8, "kv_heads": 2, "window": 256})")
    ->Arg(100000);
BANTAM_TOKEN(attention, R"({"kind": "attention", "heads": 8, "kv_heads": 2})");

}  // namespace
}  // namespace bantam
