#include "model/part_costs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/decoder.h"
#include "tensor/kernel.h"

namespace bantam {
namespace {

constexpr int64_t kLongest = 4096;  // tokens: the work of a longer sequence says little more about a part

template <class Run>
double flops_of(const Run& run) {
  const double before = meter().flops;
  run();
  return meter().flops - before;
}

class Sequence {
 public:
  Sequence(const ModelConfig& config, size_t tokens)
      : pass_(std::vector<int32_t>(tokens, 0), {{0, tokens}}, Device::meta, Dtype::bf16),
        stream_(constant("shapes only",
                         Output(tokens, static_cast<size_t>(config.width), Dtype::f32, Device::meta))),
        rows_(constant("shapes only",
                       Output(tokens, static_cast<size_t>(config.width), Dtype::bf16, Device::meta))) {}
  Pass& pass() { return pass_; }
  const Tensor& stream() const { return stream_; }
  const Tensor& rows() const { return rows_; }

 private:
  Pass pass_;
  Tensor stream_, rows_;
};

uint64_t count_of(const WeightStore& store) {
  uint64_t count = 0;
  for (const auto& weight : store.weights) count += weight->is_buffer ? 0 : weight->count();
  return count;
}

// A part alone, made as the decoder makes it, run once on what the decoder hands it.
template <class Part>
PartCost cost_of(const Registry<Part>& registry, const PartConfig& part, const PartContext& context,
                 const Tensor& x, Pass& pass) {
  WeightStore store;
  store.device = Device::meta, store.compute = Dtype::bf16;
  const Json options = Json::parse(part.options);
  const auto made =
      registry.find(part.kind, "model").make(Build(store, "model"), context, options, {"model"});
  return {count_of(store), flops_of([&] { (*made)(x, pass); })};
}

double read_out_flops(const ModelConfig& config, size_t tokens) {
  const Decoder model(config, Device::meta, Dtype::bf16);
  Sequence sequence(config, tokens);
  return flops_of([&] { model.read_outs(sequence.pass()); });
}

void add_parts(const ModelConfig& config, Sequence& sequence, PartCosts& costs) {
  WeightStore tables;
  tables.device = Device::meta;
  PartContext context;
  context.width = static_cast<size_t>(config.width);
  context.loop_steps = static_cast<size_t>(config.loop.steps);
  context.embedding =
      &Build(tables, "model").table("embed_tokens", static_cast<size_t>(config.vocab), context.width, {});
  context.norm = config.norm;
  context.norm_eps = static_cast<float>(config.norm_eps);
  if (config.embed.memory)
    costs.memory =
        cost_of(token_memories(), *config.embed.memory, context, sequence.stream(), sequence.pass());
  for (size_t i = 0; i < config.layers.size(); ++i) {
    const LayerConfig& layer = config.layers[i];
    sequence.pass().at(0, i);
    context.layer = i, context.branch = 0;
    LayerCosts of_layer;
    of_layer.mixer = cost_of(mixers(), layer.mixer, context, sequence.rows(), sequence.pass());
    context.branch = 1;
    if (layer.feed.kind != kNoFeed)
      of_layer.feed = cost_of(feeds(), layer.feed, context, sequence.rows(), sequence.pass());
    costs.layers.push_back(of_layer);
  }
  if (config.refine)
    costs.refinement = cost_of(refinements(), *config.refine, context, sequence.stream(), sequence.pass());
}

void add_heads(const Decoder& model, const Tensor& hidden, PartCosts& costs) {
  const HeadsConfig& heads = model.config().heads;
  costs.output.flops = flops_of([&] { model.logits(hidden); });
  for (int64_t ahead = 2; ahead <= heads.mtp.k; ++ahead)
    costs.ahead.flops +=
        flops_of([&] { model.logits(model.ahead_hidden(hidden, static_cast<size_t>(ahead))); });
  for (int64_t step = 0; heads.jepa && step < heads.jepa->horizon; ++step)
    costs.predictor.flops += flops_of([&] { model.predicted_hidden(hidden, static_cast<size_t>(step)); });
}

// The encoder alone, on one patch.
double patch_flops(const ModelConfig& config) {
  WeightStore store;
  store.device = Device::meta, store.compute = Dtype::bf16;
  const size_t width = static_cast<size_t>(config.width);
  const PatchEncoder encoder(Build(store, "patches"), static_cast<size_t>(config.embed.patches->image_size),
                             static_cast<size_t>(config.embed.patches->patch_size), width,
                             static_cast<float>(config.norm_eps));
  Pass pass({-1}, {{0, 1}}, Device::meta, Dtype::bf16);
  pass.add_image(0, 0, 1, nullptr);
  const Tensor stream = constant("shapes only", Output(1, width, Dtype::f32, Device::meta));
  return flops_of([&] { encoder(stream, pass); });
}

// What stands in the decoder itself, by the names of its tensors; joins have what is left.
void add_parameters(PartCosts& costs) {
  const auto of = [&costs](const char* part) {
    const auto found = costs.parameters.parts.find(part);
    return found == costs.parameters.parts.end() ? 0 : found->second;
  };
  costs.embedding.parameters = of("embed_tokens") + of("embed_norm");
  costs.patches.parameters = of("patches");
  costs.norm.parameters = of("norm");
  costs.halting.parameters = of("halt_head");
  costs.output.parameters = of("lm_head");
  costs.ahead.parameters = of("mtp") + of("mtp_heads");
  costs.predictor.parameters = of("jepa");
  costs.decision.parameters = of("decision");
  uint64_t named = 0;
  for (const PartCost* part :
       {&costs.embedding, &costs.memory, &costs.patches, &costs.refinement, &costs.norm, &costs.halting,
        &costs.output, &costs.ahead, &costs.predictor, &costs.decision})
    named += part->parameters;
  for (const LayerCosts& layer : costs.layers) named += layer.mixer.parameters + layer.feed.parameters;
  BANTAM_ASSERT(named <= costs.parameters.all);
  costs.joins.parameters = costs.parameters.all - named;
}

// From the work of whole sequences to that of a token.
void divide(PartCosts& costs) {
  const double tokens = static_cast<double>(costs.tokens);
  for (PartCost* part : {&costs.memory, &costs.joins, &costs.refinement, &costs.halting, &costs.output,
                         &costs.ahead, &costs.predictor})
    part->flops /= tokens;
  for (LayerCosts& layer : costs.layers) layer.mixer.flops /= tokens, layer.feed.flops /= tokens;
  costs.flops /= tokens;
}

}  // namespace

PartCosts count_part_costs(const ModelConfig& config) {
  PartCosts costs;
  costs.tokens = static_cast<size_t>(std::min(config.context, kLongest));
  const Decoder model(config, Device::meta, Dtype::bf16);
  costs.parameters = count_parameters(model);
  Sequence sequence(config, costs.tokens);
  add_parts(config, sequence, costs);
  add_heads(model, sequence.rows(), costs);
  add_parameters(costs);
  if (config.embed.patches) costs.patches.flops = patch_flops(config);

  ModelConfig straight = config;  // reads out once
  straight.loop.halt.reset();
  const double whole = read_out_flops(config, costs.tokens), once = read_out_flops(straight, costs.tokens);
  const double steps = static_cast<double>(config.loop.steps), exits = config.loop.halt ? steps : 1;
  double parts = costs.memory.flops + costs.refinement.flops;
  for (const LayerCosts& layer : costs.layers) parts += steps * (layer.mixer.flops + layer.feed.flops);
  costs.joins.flops = once - parts;
  costs.halting.flops = whole - once - (exits - 1) * costs.refinement.flops;
  costs.refinement.flops *= exits;
  costs.flops = whole + costs.output.flops;
  divide(costs);
  return costs;
}

}  // namespace bantam
