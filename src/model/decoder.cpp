#include "model/decoder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nn/initial.h"
#include "ops/elementwise.h"
#include "ops/embedding.h"
#include "ops/gates.h"
#include "parts/value_embedding.h"
#include "tensor/copy.h"

namespace bantam {
namespace {

constexpr Initial kEmbedding{Initial::normal, 0.02};

// The part that `json` ({"kind": …, options}) names.
template <class Part>
std::unique_ptr<Part> make_part(const Registry<Part>& registry, const PartConfig& part,
                                const std::string& where, const Build& build, const PartContext& context) {
  return registry.find(part.kind, where).make(build, context, Json::parse(part.options), {"model", where});
}

}  // namespace

Decoder::Decoder(ModelConfig config, Device device, Dtype compute) : config_(std::move(config)) {
  store_.device = device;
  store_.compute = compute;
  const Build root(store_, ""), model(store_, "model");
  const size_t width = static_cast<size_t>(config_.width), vocab = static_cast<size_t>(config_.vocab);
  const float eps = static_cast<float>(config_.norm_eps);

  embed_ = &model.table("embed_tokens", vocab, width, kEmbedding);
  if (config_.embed.norm) embed_norm_ = Norm(model, "embed_norm", width, config_.norm, eps);
  PartContext context;
  context.width = width;
  context.loop_steps = static_cast<size_t>(config_.loop.steps);
  context.embedding = embed_;
  context.value_embedding = config_.embed.value;
  context.norm = config_.norm;
  context.norm_eps = eps;
  if (config_.embed.memory)
    memory_ = make_part(token_memories(), *config_.embed.memory, "embed.memory", model, context);
  if (const auto& patches = config_.embed.patches)
    patches_ = PatchEncoder(root / "patches", static_cast<size_t>(patches->image_size),
                            static_cast<size_t>(patches->patch_size), width, eps);
  for (size_t i = 0; i < config_.layers.size(); ++i) {
    const Build b = model / "layers" / std::to_string(i);
    const LayerConfig& c = config_.layers[i];
    const std::string where = fmt::format("layers[{}]", i);
    context.layer = i, context.branch = 0;
    context.norm_before = PartContext().norm_before, context.norm_after = PartContext().norm_after;
    Layer layer;
    layer.mixer_join = make_part(joins(), config_.join, "join", b, context);
    layer.mixer = make_part(mixers(), c.mixer, where + ".mixer", b, context);
    if (c.feed.kind == kNoFeed) {
      layers_.push_back(std::move(layer));
      continue;
    }
    context.branch = 1;
    context.norm_before = "post_attention_layernorm";
    context.norm_after = "post_feed_norm";
    layer.feed_join = make_part(joins(), config_.join, "join", b, context);
    layer.feed = make_part(feeds(), c.feed, where + ".feed", b, context);
    layers_.push_back(std::move(layer));
  }
  if (stream_ends().has(config_.join.kind))
    ends_ = make_part(stream_ends(), config_.join, "join", model, context);
  if (config_.refine) refine_ = make_part(refinements(), *config_.refine, "refine", model, context);
  norm_ = Norm(model, "norm", width, config_.norm, eps);
  head_ = config_.embed.tied ? embed_ : &root.table("lm_head", vocab, width, kEmbedding);
  if (config_.loop.halt) {
    halt_ = Linear(root / "halt_head", "proj", width, 1, true, Initial{Initial::constant, 0});
    halt_.bias->parts.front().initial = {Initial::constant, config_.loop.halt->initial_bias};
  }
  for (int64_t k = 2; k <= config_.heads.mtp.k; ++k) {
    AheadHead head;
    if (config_.heads.mtp.form == MtpForm::projection) {
      head.w1 = Linear(root / "mtp_heads" / std::to_string(k - 2), "proj", width, width, false,
                       {Initial::constant, 0});
    } else {
      const Build b = root / "mtp" / std::to_string(k);
      head.norm_in = RmsNorm(b, "norm_in", width, eps);
      head.w1 = Linear(b, "w1", width, 2 * width);
      head.w2 = Linear(b, "w2", 2 * width, width);
      head.norm_out = RmsNorm(b, "norm_out", width, eps);
    }
    ahead_.push_back(head);
  }
  if (config_.heads.jepa) {
    const Build b = root / "jepa";
    const size_t rank = static_cast<size_t>(config_.heads.jepa->rank);
    predictor_.norm = RmsNorm(b, "norm", width, eps);
    predictor_.down = Linear(b, "down", width, rank, false, kEmbedding);
    predictor_.up = Linear(b, "up", rank, width, false, kEmbedding);
    predictor_.gate = &b.vector("gate", static_cast<size_t>(config_.heads.jepa->horizon), 0.0);
  }
  if (config_.heads.decision) {  // pooled at one position: norm → d/2 → SiLU → classes
    const Build b = root / "decision";
    decision_.norm = RmsNorm(b, "norm", width, eps);
    decision_.w1 = Linear(b, "w1", width, width / 2);
    decision_.w2 = Linear(b, "w2", width / 2, static_cast<size_t>(config_.heads.decision->classes));
  }
  if (config_.loop.halt && config_.loop.halt->objective == HaltObjective::gain) freeze_all_but_halting();
}

void Decoder::freeze_all_but_halting() {
  for (const auto& weight : store_.weights)
    if (weight.get() != halt_.weight && weight.get() != halt_.bias) {
      weight->trainable = false;
      weight->after_step = {};
    }
}

uint64_t Decoder::parameters() const {
  uint64_t count = 0;
  for (const auto& weight : weights()) count += weight->is_buffer ? 0 : weight->count();
  return count;
}

bool Decoder::whole_sequence() const {
  return std::any_of(layers_.begin(), layers_.end(), [](const Layer& layer) {
    return layer.mixer->whole_sequence() || (layer.feed && layer.feed->whole_sequence());
  });
}

void Decoder::initialise(uint64_t seed) {
  for (const auto& weight : weights()) fill_initial(*weight, seed);
}

void Decoder::allocate_gradients() {
  for (const auto& weight : weights())
    if (weight->trainable)
      weight->gradient = Output(weight->rows, weight->cols, weight->master.dtype(), device());
}

std::vector<ReadOut> Decoder::read_outs(Pass& pass) const {
  std::vector<ReadOut> outs;
  Tensor stream = embedding(*embed_, pass.token_ids());
  if (config_.embed.norm) stream = embed_norm_(stream, stream.dtype());
  if (config_.embed.value) pass.carry(ValueEmbedding::kCarried, stream);
  if (memory_) stream = (*memory_)(stream, pass);
  require(pass.patches().empty() || config_.embed.patches, ErrorCode::invalid,
          "this model takes no images: its config has no embed.patches");
  stream = patches_(stream, pass);  // what the text's tables say of a row without a token is replaced
  if (ends_) stream = ends_->spread(stream);
  const size_t steps = static_cast<size_t>(config_.loop.steps);
  for (size_t step = 0; step < steps; ++step) {
    for (size_t i = 0; i < layers_.size(); ++i) {
      const Layer& layer = layers_[i];
      const auto run = [&pass, &layer, step, i](const Tensor& x) {
        pass.at(step, i);
        const Tensor mixed = (*layer.mixer_join)(x, *layer.mixer, pass);
        return layer.feed ? (*layer.feed_join)(mixed, *layer.feed, pass) : mixed;
      };
      stream = pass.replay_layers ? pass.replayed(stream, run) : run(stream);
    }
    const bool last = step + 1 == steps;
    if (!last && !config_.loop.halt) continue;
    ReadOut out;
    Tensor collapsed = ends_ ? ends_->collapse(stream) : stream;
    if (refine_) collapsed = (*refine_)(collapsed, pass);
    out.hidden = norm_(collapsed, pass.branch());
    if (!last) out.halt_logit = halt_(out.hidden, stream.dtype());
    outs.push_back(std::move(out));
  }
  return outs;
}

Tensor Decoder::logits(const Tensor& hidden) const {
  return linear(hidden, *head_, nullptr, device() == Device::reference ? Dtype::f64 : Dtype::f32);
}

Tensor Decoder::ahead_hidden(const Tensor& hidden, size_t ahead) const {
  BANTAM_ASSERT(ahead >= 2 && ahead - 2 < ahead_.size());
  const AheadHead& head = ahead_[ahead - 2];
  if (config_.heads.mtp.form == MtpForm::projection) return add(hidden, head.w1(hidden));
  const Tensor inner = head.w2(silu(head.w1(head.norm_in(hidden, hidden.dtype()))));
  return head.norm_out(add(hidden, inner), hidden.dtype());
}

Tensor Decoder::decision_logits(const Tensor& hidden) const {
  BANTAM_ASSERT(config_.heads.decision.has_value());
  const Tensor inner = silu(decision_.w1(decision_.norm(hidden, hidden.dtype())));
  return decision_.w2(inner, device() == Device::reference ? Dtype::f64 : Dtype::f32);
}

Tensor Decoder::predicted_hidden(const Tensor& expected, size_t step) const {
  const Tensor inner = predictor_.up(silu(predictor_.down(predictor_.norm(expected, expected.dtype()))));
  return gated_add(expected, inner, *predictor_.gate, step);
}

}  // namespace bantam
