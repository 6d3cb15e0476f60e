// VUAF's checkpoints (models/vuaf.md names their keys and tensors).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"
#include "model/family/vuaf_card.h"

namespace bantam {
namespace {

// metadata.json, where the trainer may leave keys of its own: ours says what the group norm was trained with.
void read_metadata(const std::filesystem::path& folder, ModelConfig& config) {
  const std::filesystem::path file = folder / "metadata.json";
  if (!std::filesystem::exists(file)) return;
  const Json metadata = read_json(file);
  if (!metadata.is_object() || !metadata.contains("group_norm")) return;
  const bool has_norm = std::any_of(config.layers.begin(), config.layers.end(),
                                    [](const LayerConfig& layer) { return layer.mixer.kind == "rwkv7"; });
  if (has_norm) set_mixer_option(config, "group_norm", metadata["group_norm"], file.string());
}

const Family kVuaf{
    "vuaf",
    {{"model.embed_tokens.weight", "embed.weight"},
     {"model.norm.weight", "final_norm.weight"},
     {"model.layers.{}.input_layernorm.weight", "blocks.{}.token_mix.pre.weight"},
     {"model.layers.{}.post_mixer_norm.weight", "blocks.{}.token_mix.post.weight"},
     {"model.layers.{}.post_attention_layernorm.weight", "blocks.{}.channel_mix.pre.weight"},
     {"model.layers.{}.post_feed_norm.weight", "blocks.{}.channel_mix.post.weight"},
     {"model.layers.{}.mlp.gate_proj.weight", "blocks.{}.channel_mix.module.w1.weight"},
     {"model.layers.{}.mlp.up_proj.weight", "blocks.{}.channel_mix.module.w2.weight"},
     {"model.layers.{}.mlp.down_proj.weight", "blocks.{}.channel_mix.module.w3.weight"},
     {"model.layers.{}.mlp.router.weight", "blocks.{}.channel_mix.module.router.weight"},
     {"model.layers.{}.mlp.experts.{}.gate_proj.weight", "blocks.{}.channel_mix.module.experts.{}.w1.weight"},
     {"model.layers.{}.mlp.experts.{}.up_proj.weight", "blocks.{}.channel_mix.module.experts.{}.w2.weight"},
     {"model.layers.{}.mlp.experts.{}.down_proj.weight", "blocks.{}.channel_mix.module.experts.{}.w3.weight"},
     {"model.layers.{}.self_attn.q_proj.weight", "blocks.{}.token_mix.module.qkv.weight"},
     {"model.layers.{}.self_attn.k_proj.weight", "blocks.{}.token_mix.module.qkv.weight"},
     {"model.layers.{}.self_attn.v_proj.weight", "blocks.{}.token_mix.module.qkv.weight"},
     {"model.layers.{}.self_attn.o_proj.weight", "blocks.{}.token_mix.module.out_proj.weight"},
     {"model.layers.{}.rwkv7.{}", "blocks.{}.token_mix.module.{}"},
     {"model.layers.{}.mamba2.{}", "blocks.{}.token_mix.module.{}"}},
    {},
    read_metadata};

// A layer's sizes into the card; a reason where it has no place there. Equal sizes in all layers are checked later.
std::string add_layer(const LayerConfig& layer, int64_t width, VuafCard& c, std::string& group_norm) {
  const Json m = Json::parse(layer.mixer.options), f = Json::parse(layer.feed.options);
  const auto per_head = [width](int64_t heads) { return heads > 0 ? width / heads : 0; };
  if (layer.mixer.kind == "rwkv7") {
    c.token_mix_pattern.push_back("rwkv7");
    c.rwkv_n_heads = m["heads"], c.rwkv_lowrank = m["rank"], group_norm = m["group_norm"].get<std::string>();
    c.rwkv_head_dim = per_head(c.rwkv_n_heads);
  } else if (layer.mixer.kind == "mamba2") {
    c.token_mix_pattern.push_back("mamba2");
    c.mamba_expand = m["expand"], c.mamba_d_head = m["head_width"], c.mamba_d_state = m["state"];
  } else if (layer.mixer.kind == "attention") {
    c.token_mix_pattern.push_back("attn");
    c.attn_n_heads = m["heads"], c.attn_rope_base = m["rope_base"],
    c.attn_head_dim = per_head(c.attn_n_heads);
  } else {
    return "it has the mixer " + layer.mixer.kind;
  }
  if (layer.feed.kind != "swiglu" && layer.feed.kind != "mixture")
    return "it has the feed " + layer.feed.kind;
  c.channel_mix_pattern.push_back(layer.feed.kind == "swiglu" ? "swiglu" : "moe");
  c.ffn_hidden = f["width"];
  if (layer.feed.kind == "mixture") c.moe_n_experts = f["experts"], c.moe_lb_loss_coef = f["balance_weight"];
  return "";
}

// Published checkpoints were trained with statistics over whole sequences.
ModelConfig from_vuaf(const ForeignConfig& c, bool) {
  for (const char* key : {"name", "vocab_size"})
    require(c.present(key), ErrorCode::usage, "{}: is missing", c.path(key).text());
  const VuafCard card = read_config<VuafCard>(c.json(), {c.where()});
  return parse_model(vuaf_composition(card, "sequence", c.where()), c.where());
}

}  // namespace

const Family& vuaf_family() { return kVuaf; }

std::string as_vuaf(const ModelConfig& model, VuafCard& card) {
  card = VuafCard();
  card.name = model.name.empty() ? "vuaf" : model.name;
  card.vocab_size = model.vocab, card.tie_embeddings = model.embed.tied, card.d_model = model.width;
  card.max_seq_len = model.context;
  // Sizes of what the model does not have fit it all the same.
  card.rwkv_n_heads = card.attn_n_heads = 1;
  card.rwkv_head_dim = card.attn_head_dim = card.mamba_d_head = model.width;
  card.n_layers = static_cast<int64_t>(model.layers.size());
  card.token_mix_pattern.clear(), card.channel_mix_pattern.clear();
  std::string group_norm = "token", reason;
  for (const LayerConfig& layer : model.layers) {
    reason = add_layer(layer, model.width, card, group_norm);
    if (!reason.empty()) return reason;
  }
  if (!model.loop.halt) return "it does not learn when to halt";
  card.loop_steps = model.loop.steps;
  card.halt_init_bias = model.loop.halt->initial_bias;
  card.entropy_reg_coef = model.loop.halt->entropy_weight;

  // What the card gives back must be the model, but for what no card says.
  ModelConfig again;
  try {
    card = read_config<VuafCard>(write_config(card), {"the card"});
    again = parse_model(vuaf_composition(card, group_norm, "the card"), "the card");
  } catch (const Error& error) {
    return error.what();
  }
  ModelConfig said = model;
  said.name = again.name;
  said.loop.halt = again.loop.halt;
  said.heads = again.heads;
  for (LayerConfig& layer : said.layers) {  // how new ones are filled
    Json options = Json::parse(layer.feed.options);
    options["initial_deviation"] = 0.0;
    layer.feed.options = options.dump();
  }
  const Json from = to_json(again), to = to_json(said), differences = Json::diff(from, to);
  if (differences.empty()) return "";
  const Json::json_pointer path(differences[0]["path"].get<std::string>());
  return fmt::format("{} is {}, VUAF has {}", path.to_string().substr(1),
                     to.contains(path) ? to[path].dump() : "absent",
                     from.contains(path) ? from[path].dump() : "none");
}

const FamilyReader& vuaf_reader() {
  static const FamilyReader reader{[](const ForeignConfig&) { return &kVuaf; },
                                   {"a VUAF config"},
                                   [](const ForeignConfig& c) { return c.present("token_mix_pattern"); },
                                   from_vuaf};
  return reader;
}

}  // namespace bantam
