// Small models and batches that the tests of whole models share.
#pragma once
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "model/decoder.h"
#include "model/objective.h"
#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam::testing {

// Grouped-query attention, SwiGLU, tied embeddings, three tokens ahead.
inline ModelConfig tiny_dense() {
  return parse_model(Json::parse(R"({
    "width": 24, "vocab": 40, "context": 64,
    "layers": [{"mixer": {"kind": "attention", "heads": 3, "kv_heads": 1}, "feed": {"kind": "swiglu", "width": 40},
                "repeat": 2}],
    "heads": {"mtp": {"k": 3}}})"),
                     "tiny_dense");
}

// RWKV-7 and attention side by side in a two-step loop that halts, re-normalised sums, untied output.
inline ModelConfig tiny_looped() {
  return parse_model(Json::parse(R"({
    "width": 24, "vocab": 40, "context": 64, "norm_eps": 1e-6, "embed": {"tied": false},
    "layers": [{"mixer": {"kind": "rwkv7", "heads": 2, "rank": 4}, "feed": {"kind": "swiglu", "width": 40}},
               {"mixer": {"kind": "attention", "heads": 2, "bias": true, "window": 5},
                "feed": {"kind": "swiglu", "width": 32, "bias": true}}],
    "join": {"kind": "sum_norm"}, "loop": {"steps": 2, "halt": {"entropy_weight": 0.05}}})"),
                     "tiny_looped");
}

// Recurrent mixers: Mamba-2 in both forms, one without a feed, and RWKV-7 as published, whose second layer is drawn to
// the values of the first; LayerNorm, normed embeddings.
inline ModelConfig tiny_recurrent() {
  return parse_model(Json::parse(R"({
    "width": 24, "vocab": 40, "context": 64, "norm": "layer", "embed": {"norm": true},
    "layers": [{"mixer": {"kind": "mamba2", "head_width": 12, "state": 5}, "feed": {"kind": "swiglu", "width": 40}},
               {"mixer": {"kind": "rwkv7_published", "heads": 2, "decay_rank": 4, "rate_rank": 3, "gate_rank": 5},
                "feed": {"kind": "rwkv7_channel_mix", "width": 32}},
               {"mixer": {"kind": "mamba2_published", "head_width": 12, "state": 3, "groups": 2, "taps": 3},
                "feed": {"kind": "none"}},
               {"mixer": {"kind": "rwkv7_published", "heads": 2, "decay_rank": 4, "rate_rank": 3, "gate_rank": 5,
                          "value_rank": 2}, "feed": {"kind": "rwkv7_channel_mix", "width": 32}}]})"),
                     "tiny_recurrent");
}

struct TinyBatch {
  std::vector<int32_t> ids, targets;
  Segments segments;
};

// Documents of the given lengths in one row of rows. The last token of the first, third, … has a target, as where a longer
// document was cut; that of the others has none.
inline TinyBatch tiny_batch(const std::vector<size_t>& lengths, uint64_t seed = 3, int64_t vocab = 40) {
  TinyBatch batch;
  Random random(seed, "batch");
  for (const size_t length : lengths) {
    batch.segments.push_back({batch.ids.size(), length});
    for (size_t i = 0; i < length; ++i) batch.ids.push_back(static_cast<int32_t>(random.below(vocab)));
    for (size_t i = 0; i + 1 < length; ++i)
      batch.targets.push_back(batch.ids[batch.ids.size() - length + i + 1]);
    batch.targets.push_back(batch.segments.size() % 2 == 1 ? static_cast<int32_t>(random.below(vocab)) : -1);
  }
  return batch;
}

inline std::vector<double> values_of(const ConstMat& m) {
  std::vector<double> out(m.rows * m.cols);
  copy(Device::cpu, m, Mat(out.data(), m.rows, m.cols, m.cols, Dtype::f64));
  return out;
}

struct TinyResult {
  double loss = 0;
  std::map<std::string, double> terms;
  std::vector<std::vector<double>> gradients;  // by weight
};

// Loss and, with `backward`, gradients, added up over the micro-batches of one step.
inline TinyResult run_step(Decoder& model, const std::vector<TinyBatch>& micro_batches, bool backward = true,
                           bool replay = false, double z_weight = 1e-3) {
  const size_t heads = model.config().furthest_target();
  TargetCounts counts;
  for (const TinyBatch& b : micro_batches) counts += count_targets(b.targets, b.ids, b.segments, heads);
  TinyResult result;
  for (const auto& w : model.weights()) w->gradient_is_fresh = true;
  for (const TinyBatch& b : micro_batches) {
    Tape tape;
    Pass pass(b.ids, b.segments, model.device(), model.compute());
    pass.replay_layers = replay;
    const Losses losses = compute_losses(model, pass, b.targets, counts, {0.3, z_weight});
    result.loss += losses.total();
    for (const auto& [name, value] : losses.terms) result.terms[name] += value;
    if (backward) tape.backward(losses.roots);
  }
  if (backward)
    for (const auto& w : model.weights())
      result.gradients.push_back(w->gradient_is_fresh ? std::vector<double>(w->count(), 0.0)
                                                      : values_of(w->gradient.mat()));
  return result;
}

inline std::unique_ptr<Decoder> make_model(const ModelConfig& config, Device device, Dtype compute,
                                           uint64_t seed = 5) {
  auto model = std::make_unique<Decoder>(config, device, compute);
  model->initialise(seed);
  // Norm gains, biases and mixes away from their special first values, so that every gradient is put to the test.
  for (const auto& w : model->weights()) {
    if (w->decays) continue;
    const Mat m = w->writable();
    const RandomStream random(seed + 1, w->name);
    for (size_t i = 0; i < w->count(); ++i) {
      const double noise = static_cast<float>(0.2 * random.normal(i));
      if (m.dtype == Dtype::f64)
        m.row<double>(0)[i] += noise;
      else
        m.row<float>(0)[i] = static_cast<float>(m.row<float>(0)[i] + noise);
    }
    w->changed();
  }
  model->allocate_gradients();
  return model;
}

}  // namespace bantam::testing
