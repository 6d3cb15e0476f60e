// What a part costs inside a model: forward and backward of one layer with it, beside the plain layer it replaces.
// Width 512, 2,048 tokens in four documents, bf16. Run with --benchmark_enable_random_interleaving.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "model/decoder.h"
#include "model/objective.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr size_t kTokens = 2048, kDocument = 512;

Json layer(const char* mixer, const char* feed) {
  return {{"mixer", Json::parse(mixer)}, {"feed", Json::parse(feed)}, {"repeat", 4}};
}

ModelConfig model_of(const char* mixer, const char* feed, const char* rest) {
  Json model = {
      {"width", 512}, {"vocab", 4096}, {"context", 4096}, {"layers", Json::array({layer(mixer, feed)})}};
  model.update(Json::parse(rest));
  return parse_model(model, "bench");
}

// Four layers and a small head.
void step(benchmark::State& state, const char* mixer, const char* feed, const char* rest) {
  Decoder model(model_of(mixer, feed, rest), Device::cpu, Dtype::bf16);
  model.initialise(1);
  model.allocate_gradients();
  std::vector<int32_t> ids(kTokens);
  for (size_t i = 0; i < kTokens; ++i) ids[i] = static_cast<int32_t>(i * 2654435761u % 4096);
  Segments segments;
  for (size_t at = 0; at < kTokens; at += kDocument) segments.push_back({at, kDocument});
  const TargetCounts counts = count_targets(ids, ids, segments, model.config().furthest_target());
  for (auto _ : state) {
    Tape tape;
    Pass pass(ids, segments, Device::cpu, Dtype::bf16);
    tape.backward(compute_losses(model, pass, ids, counts, {}).roots);
  }
}

constexpr char kAttention[] = R"({"kind": "attention", "heads": 8})";
constexpr char kLowRank[] =
    R"({"kind": "low_rank_attention", "heads": 8, "kv_heads": 1, "query_rank": 128, "output_rank": 128})";
constexpr char kDerf[] =
    R"({"kind": "low_rank_attention", "heads": 8, "kv_heads": 1, "query_rank": 128, "output_rank": 128, "derf": true})";
constexpr char kDense[] = R"({"kind": "swiglu", "width": 1408})";
constexpr char kTopOne[] = R"({"kind": "mixture", "width": 1408, "experts": 4})";
constexpr char kTopTwo[] = R"({"kind": "mixture", "width": 704, "experts": 8, "per_token": 2})";
constexpr char kStreams[] = R"({"join": {"kind": "hyper"}})";
constexpr char kDynamic[] = R"({"join": {"kind": "hyper", "dynamic": true}})";
constexpr char kEngram[] = R"({"embed": {"memory": {"kind": "engram"}}})";
constexpr char kBoth[] = R"({"join": {"kind": "hyper"}, "embed": {"memory": {"kind": "engram"}}})";
constexpr char kNone[] = R"({})";

#define BANTAM_STEP(name, ...) \
  BENCHMARK_CAPTURE(step, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1)
BANTAM_STEP(plain, kAttention, kDense, kNone);
BANTAM_STEP(mixture_top_1_of_4, kAttention, kTopOne, kNone);
BANTAM_STEP(mixture_top_2_of_8, kAttention, kTopTwo, kNone);
BANTAM_STEP(low_rank_attention, kLowRank, kDense, kNone);
BANTAM_STEP(low_rank_attention_derf, kDerf, kDense, kNone);
BANTAM_STEP(rwkv7, R"({"kind": "rwkv7", "heads": 8, "rank": 64})", kDense, kNone);
BANTAM_STEP(rwkv7_published, R"({"kind": "rwkv7_published"})", kDense, kNone);
BANTAM_STEP(mamba2, R"({"kind": "mamba2"})", kDense, kNone);
BANTAM_STEP(mamba2_published, R"({"kind": "mamba2_published"})", kDense, kNone);
BANTAM_STEP(hyper_static, kAttention, kDense, kStreams);
BANTAM_STEP(hyper_dynamic, kAttention, kDense, kDynamic);
BANTAM_STEP(engram, kAttention, kDense, kEngram);
BANTAM_STEP(hyper_and_engram, kAttention, kDense, kBoth);

}  // namespace
}  // namespace bantam
