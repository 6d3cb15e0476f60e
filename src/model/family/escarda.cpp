// Escarda's checkpoints, model_type spike_whale (models/escarda.md names their keys and tensors).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
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
const std::vector<std::string> kDerived = {"model.layers.{}.attn.rope.{}", "model.layers.{}.ffn.gate.tid2eid"};

const Family kEscarda{"escarda", kNames, kDerived};
// A tied checkpoint holds its embedding a second time.
const Family kEscardaTied{"escarda", kNames, {kDerived[0], kDerived[1], "lm_head.weight"}};

Json mixer_of(const ForeignConfig& c) {
  const int64_t head = c.integer("head_dim", 64), turned = c.integer("qk_rope_head_dim", 16);
  require(head == turned + c.integer("nope_head_dim", 48), ErrorCode::usage,
          "{}: head_dim is {}, wanted qk_rope_head_dim + nope_head_dim, {}", c.where(), head,
          turned + c.integer("nope_head_dim", 48));
  return {{"kind", "low_rank_attention"},
          {"heads", c.integer("num_attention_heads", 10)},
          {"kv_heads", c.integer("num_key_value_heads", 1)},
          {"head_width", head},
          {"query_rank", c.integer("q_lora_rank", 128)},
          {"output_rank", c.integer("o_lora_rank", 128)},
          {"rope_width", turned},
          {"rope_base", c.number("rope_theta", 10000)},
          {"rope_interleaved", c.boolean("rope_interleaved", true)},
          {"qk_norm", c.boolean("use_qk_norm", true)},
          {"exclusive", c.boolean("use_xsa", true)},
          {"derf", c.boolean("use_derf", false)}};
}

Json feed_of(const ForeignConfig& c, int64_t layer) {
  const int64_t width = c.integer("moe_intermediate_size", 2000);
  bool mixture = c.boolean("use_moe", false);
  if (mixture && c.present("moe_layers") && !c.at("moe_layers").empty()) {
    const Json& list = c.at("moe_layers");
    if (!list.is_array()) fail_value(c.path("moe_layers"), list, "a list of layers");
    mixture = std::find(list.begin(), list.end(), layer) != list.end();
  }
  if (!mixture) return {{"kind", "swiglu"}, {"width", width}};
  const std::string scoring = c.text("scoring_func", "sqrtsoftplus");
  return {{"kind", "mixture"},
          {"width", width},
          {"experts", c.integer("n_routed_experts", 6)},
          {"per_token", c.integer("num_experts_per_tok", 2)},
          {"shared", c.integer("n_shared_experts", 1)},
          {"scoring", scoring == "sqrtsoftplus" ? "sqrt_softplus" : scoring},
          {"normalize", c.boolean("norm_topk_prob", true)},
          {"scale", c.number("routed_scaling_factor", 1)},
          {"hashed", layer < c.integer("num_hash_layers", 2)},
          {"balance_weight", c.number("moe_aux_loss_coef", 0.01)},
          {"biased", true},
          {"bias_rate", c.number("moe_bias_update_rate", 1e-3)}};
}

ModelConfig from_escarda(const ForeignConfig& c, bool) {
  const int64_t layers = c.integer("num_hidden_layers", 16);
  require(layers >= 1 && layers <= 1024, ErrorCode::usage, "{}: is {}, wanted 1 to 1024",
          c.path("num_hidden_layers").text(), layers);
  Json list = Json::array();
  for (int64_t i = 0; i < layers; ++i) list.push_back({{"mixer", mixer_of(c)}, {"feed", feed_of(c, i)}});
  Json model = {{"name", c.text("_name_or_path", "")},
                {"width", c.integer("hidden_size", 640)},
                {"vocab", c.integer("vocab_size", 16512)},
                {"context", c.integer("max_position_embeddings", 4096)},
                {"norm_eps", c.number("rms_norm_eps", 1e-6)},
                {"embed", {{"tied", c.boolean("tie_word_embeddings", true)}, {"value", c.boolean("use_value_embed", false)}}},
                {"layers", std::move(list)},
                {"heads", {{"mtp", {{"k", 1 + c.integer("num_nextn_predict_layers", 1)}, {"form", "projection"}}}}}};
  if (c.boolean("use_engram", true))
    model["embed"]["memory"] = {{"kind", "engram"},
                                {"hash", c.text("engram_hash", "lsh")},
                                {"table_rows", c.integer("engram_table_size", 4096)},
                                {"heads", c.integer("engram_num_heads", 2)},
                                {"longest", c.integer("engram_max_ngram", 3)},
                                {"compressed_width", c.integer("engram_compress_dim", 32)},
                                {"hash_scale", c.number("engram_hash_scale", 65536)},
                                {"gate_bias", c.number("engram_gate_init_bias", -1)}};
  if (c.boolean("use_hyper_connections", true))
    model["join"] = {{"kind", "hyper"},
                     {"streams", c.integer("hc_mult", 2)},
                     {"dynamic", c.boolean("hc_dynamic", false)},
                     {"iterations", c.integer("hc_sinkhorn_iters", 20)},
                     {"eps", c.number("hc_eps", 1e-6)}};
  if (c.boolean("use_hrm_refine", true))
    model["refine"] = {
        {"kind", "hrm"}, {"rank", c.integer("hrm_refine_dim", 128)}, {"steps", c.integer("hrm_refine_steps", 1)}};
  if (c.boolean("use_jepa", true))
    model["heads"]["jepa"] = {{"horizon", c.integer("jepa_horizon", 1)},
                              {"rank", c.integer("jepa_pred_dim", 256)},
                              {"weight", c.number("jepa_loss_weight", 0.1)}};
  return parse_model(model, c.where());
}

}  // namespace

const FamilyReader& escarda_reader() {
  static const FamilyReader reader{
      [](const ForeignConfig& c) { return c.boolean("tie_word_embeddings", true) ? &kEscardaTied : &kEscarda; },
      "spike_whale", [](const ForeignConfig& c) { return c.text("model_type", "") == "spike_whale"; }, from_escarda,
      [](const ForeignConfig& c) {
        return ObjectiveOptions{.mtp_weight = c.number("mtp_loss_weight", 0.3), .z_weight = c.number("zloss_coef", 1e-4)};
      }};
  return reader;
}

}  // namespace bantam
