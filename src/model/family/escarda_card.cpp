#include "model/family/escarda_card.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {

Schema schema(const EscardaCard*) {
  using C = EscardaCard;
  return describe<C>(
      "Overrides of Escarda's presets, by the keys of its config.json.",
      field<&C::vocab_size>("V, tokens.", range(2, 1 << 20)),
      field<&C::hidden_size>("Width.", range(2, 65536)),
      field<&C::num_hidden_layers>("Layers.", range(1, 1024)),
      field<&C::max_position_embeddings>("Context.", range(2, 1 << 20)),
      field<&C::rms_norm_eps>("Added under the root of every norm.", range(0, 0.1)),
      field<&C::tie_word_embeddings>("The output projection is the embedding table."),
      field<&C::num_attention_heads>("Query heads.", range(1, 1024)),
      field<&C::num_key_value_heads>("Key/value heads.", range(1, 1024)),
      field<&C::head_dim>("Width of a head.", range(1, 1024)),
      field<&C::q_lora_rank>("Rank of the queries; 0: full.", range(0, 1 << 16)),
      field<&C::o_lora_rank>("Rank of the output; 0: full.", range(0, 1 << 16)),
      field<&C::qk_rope_head_dim>("Channels of a head that turn.", range(0, 1024)),
      field<&C::nope_head_dim>("Channels of a head that do not.", range(0, 1024)),
      field<&C::rope_theta>("Base of the rotary positions.", range(1.0001, 1e9)),
      field<&C::rope_interleaved>("Neighbouring channels turn together."),
      field<&C::use_qk_norm>("Norms on queries and keys."), field<&C::use_xsa>("Exclusive values."),
      field<&C::use_derf>("Error-function weights."), field<&C::use_value_embed>("Value embeddings."),
      field<&C::use_engram>("The n-gram memory."),
      field<&C::engram_hash>("What is hashed: lsh, projections of embeddings; or token, ids.",
                             one_of({"lsh", "token"})),
      field<&C::engram_table_size>("Rows of a table.", range(2, 1 << 24)),
      field<&C::engram_num_heads>("Tables.", range(1, 64)),
      field<&C::engram_compress_dim>("Width that lsh compresses to.", range(1, 4096)),
      field<&C::engram_max_ngram>("Longest n-gram.", range(1, 16)),
      field<&C::engram_gate_init_bias>("Of a new gate.", range(-10, 10)),
      field<&C::engram_hash_scale>("Of lsh projections.", range(1e-3, 1e12)),
      field<&C::use_hyper_connections>("Hyper-connections."), field<&C::hc_mult>("Streams.", range(2, 16)),
      field<&C::hc_dynamic>("Gates depend on the token."),
      field<&C::hc_sinkhorn_iters>("Of the normalisation.", range(1, 64)),
      field<&C::hc_eps>("Added to gates and sums.", range(0, 0.1)), field<&C::use_hrm_refine>("Refinement."),
      field<&C::hrm_refine_dim>("Its width.", range(1, 1 << 16)),
      field<&C::hrm_refine_steps>("Its passes.", range(1, 64)),
      field<&C::use_jepa>("Prediction of later hidden states."),
      field<&C::jepa_pred_dim>("Its width.", range(1, 1 << 16)),
      field<&C::jepa_horizon>("Tokens ahead.", range(1, 16)),
      field<&C::jepa_loss_weight>("Of its loss.", range(0, 10)),
      field<&C::num_nextn_predict_layers>("Further heads.", range(0, 15)),
      field<&C::mtp_loss_weight>("Of their loss.", range(0, 10)),
      field<&C::zloss_coef>("Of log² Z.", range(0, 10)),
      field<&C::use_moe>("Mixtures in place of dense feed-forwards."),
      field<&C::moe_layers>("Layers with a mixture; none: all."),
      field<&C::moe_intermediate_size>("Hidden width, of dense ones too.", range(1, 1 << 20)),
      field<&C::n_routed_experts>("Experts.", range(2, 1024)),
      field<&C::n_shared_experts>("Shared experts.", range(0, 64)),
      field<&C::num_experts_per_tok>("Experts of a token.", range(1, 1024)),
      field<&C::scoring_func>("How the router's logits become scores.",
                              one_of({"sqrtsoftplus", "sigmoid", "softmax"})),
      field<&C::norm_topk_prob>("Weights sum to one."),
      field<&C::routed_scaling_factor>("Multiplies the weights.", range(0, 1000)),
      field<&C::moe_aux_loss_coef>("Of the balance loss.", range(0, 10)),
      field<&C::moe_bias_update_rate>("Of the bias that evens out the load.", range(0, 1)),
      field<&C::num_hash_layers>("Layers with a mixture, from the first, that a hash routes.",
                                 range(0, 1024)));
}

namespace {

Json mixer_of(const EscardaCard& c) {
  return {{"kind", "low_rank_attention"},
          {"heads", c.num_attention_heads},
          {"kv_heads", c.num_key_value_heads},
          {"head_width", c.head_dim},
          {"query_rank", c.q_lora_rank},
          {"output_rank", c.o_lora_rank},
          {"rope_width", c.qk_rope_head_dim},
          {"rope_base", c.rope_theta},
          {"rope_interleaved", c.rope_interleaved},
          {"qk_norm", c.use_qk_norm},
          {"exclusive", c.use_xsa},
          {"derf", c.use_derf}};
}

// Of every linear map in a new model, as its other parts have it of themselves.
constexpr double kInitialDeviation = 0.02;

Json feed_of(const EscardaCard& c, int64_t layer) {
  const int64_t width = c.moe_intermediate_size;
  const bool listed = std::find(c.moe_layers.begin(), c.moe_layers.end(), layer) != c.moe_layers.end();
  if (!c.use_moe || (!c.moe_layers.empty() && !listed))
    return {{"kind", "swiglu"}, {"width", width}, {"initial_deviation", kInitialDeviation}};
  const std::string scoring = c.scoring_func;
  return {{"kind", "mixture"},
          {"width", width},
          {"experts", c.n_routed_experts},
          {"per_token", c.num_experts_per_tok},
          {"shared", c.n_shared_experts},
          {"scoring", scoring == "sqrtsoftplus" ? "sqrt_softplus" : scoring},
          {"normalize", c.norm_topk_prob},
          {"scale", c.routed_scaling_factor},
          {"hashed", layer < c.num_hash_layers},
          {"balance_weight", c.moe_aux_loss_coef},
          {"biased", true},
          {"bias_rate", c.moe_bias_update_rate},
          {"initial_deviation", kInitialDeviation}};
}

struct EscardaPreset {
  PresetInfo info;
  EscardaCard card;
};

EscardaCard nano() {
  EscardaCard c;
  c.vocab_size = 4096, c.hidden_size = 160, c.num_hidden_layers = 4, c.max_position_embeddings = 512;
  c.num_attention_heads = 5, c.head_dim = 32, c.qk_rope_head_dim = 8, c.nope_head_dim = 24;
  c.q_lora_rank = c.o_lora_rank = 48, c.moe_intermediate_size = 448;
  c.engram_hash = "token", c.engram_table_size = 1024;
  c.hrm_refine_dim = 48, c.jepa_pred_dim = 64;
  return c;
}

const std::vector<EscardaPreset>& all_presets() {
  static const std::vector<EscardaPreset> list = {
      {{"escarda-86m", "86M: low-rank attention, n-gram memory, hyper-connections, refinement, JEPA"}, {}},
      {{"escarda-nano", "2.1M of the same parts: trains on 2 cores in minutes"}, nano()}};
  return list;
}

}  // namespace

Json escarda_composition(const EscardaCard& c, const std::string& where) {
  require(c.head_dim == c.qk_rope_head_dim + c.nope_head_dim, ErrorCode::usage,
          "{}: head_dim is {}, wanted qk_rope_head_dim + nope_head_dim, {}", where, c.head_dim,
          c.qk_rope_head_dim + c.nope_head_dim);
  Json list = Json::array();
  for (int64_t i = 0; i < c.num_hidden_layers; ++i)
    list.push_back({{"mixer", mixer_of(c)}, {"feed", feed_of(c, i)}});
  Json model = {{"width", c.hidden_size},
                {"vocab", c.vocab_size},
                {"context", c.max_position_embeddings},
                {"norm_eps", c.rms_norm_eps},
                {"embed", {{"tied", c.tie_word_embeddings}, {"value", c.use_value_embed}}},
                {"layers", std::move(list)},
                {"heads", {{"mtp", {{"k", 1 + c.num_nextn_predict_layers}, {"form", "projection"}}}}}};
  if (c.use_engram)
    model["embed"]["memory"] = {{"kind", "engram"},
                                {"hash", c.engram_hash},
                                {"table_rows", c.engram_table_size},
                                {"heads", c.engram_num_heads},
                                {"longest", c.engram_max_ngram},
                                {"compressed_width", c.engram_compress_dim},
                                {"hash_scale", c.engram_hash_scale},
                                {"gate_bias", c.engram_gate_init_bias}};
  if (c.use_hyper_connections)
    model["join"] = {{"kind", "hyper"},
                     {"streams", c.hc_mult},
                     {"dynamic", c.hc_dynamic},
                     {"iterations", c.hc_sinkhorn_iters},
                     {"eps", c.hc_eps}};
  if (c.use_hrm_refine)
    model["refine"] = {{"kind", "hrm"}, {"rank", c.hrm_refine_dim}, {"steps", c.hrm_refine_steps}};
  if (c.use_jepa)
    model["heads"]["jepa"] = {
        {"horizon", c.jepa_horizon}, {"rank", c.jepa_pred_dim}, {"weight", c.jepa_loss_weight}};
  return model;
}

ObjectiveOptions escarda_objective(const EscardaCard& card) {
  return {.mtp_weight = card.mtp_loss_weight, .z_weight = card.zloss_coef};
}

Json expand_escarda_preset(const Json& json, const std::string& where, std::optional<int64_t> vocab) {
  for (const EscardaPreset& preset : all_presets()) {
    if (json.at("preset") != preset.info.name) continue;
    EscardaCard card = preset.card;
    if (vocab) card.vocab_size = *vocab;
    schema_of<EscardaCard>().read(&card, json, {where}, {"preset"});
    Json model = escarda_composition(card, where);
    model["name"] = preset.info.name;
    return model;
  }
  return nullptr;
}

const std::vector<PresetInfo>& escarda_presets() {
  static const std::vector<PresetInfo> infos = [] {
    std::vector<PresetInfo> list;
    for (const EscardaPreset& preset : all_presets()) list.push_back(preset.info);
    return list;
  }();
  return infos;
}

std::string escarda_preset_markdown() {
  return config_markdown<EscardaCard>("model.json with a preset of Escarda");
}

}  // namespace bantam
