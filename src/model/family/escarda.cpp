// Escarda's checkpoints, model_type spike_whale (models/escarda.md names their keys and tensors).
#include <nlohmann/json.hpp>

#include "model/family/escarda_card.h"
#include "model/family/foreign_config.h"

namespace bantam {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

const Names kNames = {{"model.layers.{}.input_layernorm.weight", "model.layers.{}.attn_norm.weight"},
                      {"model.layers.{}.post_attention_layernorm.weight", "model.layers.{}.ffn_norm.weight"},
                      {"model.layers.{}.self_attn.{}", "model.layers.{}.attn.{}"},
                      {"model.layers.{}.mlp.router.weight", "model.layers.{}.ffn.gate.weight"},
                      {"model.layers.{}.mlp.router.bias", "model.layers.{}.ffn.gate.e_score_correction_bias"},
                      {"model.layers.{}.mlp.{}", "model.layers.{}.ffn.{}"},
                      {"model.layers.{}.hyper_mixer.{}", "model.layers.{}.hc_attn.{}"},
                      {"model.layers.{}.hyper_feed.{}", "model.layers.{}.hc_ffn.{}"},
                      {"model.stream_mix.weight", "model.hc_out_mix.weight"}};
// Tables of angles, and of experts by token, are functions of the config.
const std::vector<std::string> kDerived = {"model.layers.{}.attn.rope.{}",
                                           "model.layers.{}.ffn.gate.tid2eid"};

const Family kEscarda{"escarda", kNames, kDerived};
// A tied checkpoint holds its embedding a second time.
const Family kEscardaTied{"escarda", kNames, {kDerived[0], kDerived[1], "lm_head.weight"}};

// Other keys, such as dropout and what transformers adds, do not shape the model.
EscardaCard card_of(const ForeignConfig& c) {
  Json known = Json::object();
  const Json keys = write_config(EscardaCard{});
  for (const auto& [key, value] : c.json().items())
    if (keys.contains(key)) known[key] = value;
  return read_config<EscardaCard>(known, {c.where()});
}

ModelConfig from_escarda(const ForeignConfig& c, bool) {
  Json model = escarda_composition(card_of(c), c.where());
  model["name"] = c.text("_name_or_path", "");
  return parse_model(model, c.where());
}

}  // namespace

const FamilyReader& escarda_reader() {
  static const FamilyReader reader{
      [](const ForeignConfig& c) {
        return c.boolean("tie_word_embeddings", true) ? &kEscardaTied : &kEscarda;
      },
      "spike_whale", [](const ForeignConfig& c) { return c.text("model_type", "") == "spike_whale"; },
      from_escarda, [](const ForeignConfig& c) { return escarda_objective(card_of(c)); }};
  return reader;
}

}  // namespace bantam
