// VUAF's checkpoints (models/vuaf.md names their keys and tensors).
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"

namespace bantam {
namespace {

const Family kVuaf{"vuaf",
                   {{"model.embed_tokens.weight", "embed.weight"},
                    {"model.norm.weight", "final_norm.weight"},
                    {"model.layers.{}.input_layernorm.weight", "blocks.{}.token_mix.pre.weight"},
                    {"model.layers.{}.post_mixer_norm.weight", "blocks.{}.token_mix.post.weight"},
                    {"model.layers.{}.post_attention_layernorm.weight", "blocks.{}.channel_mix.pre.weight"},
                    {"model.layers.{}.post_feed_norm.weight", "blocks.{}.channel_mix.post.weight"},
                    {"model.layers.{}.mlp.gate_proj.weight", "blocks.{}.channel_mix.module.w1.weight"},
                    {"model.layers.{}.mlp.up_proj.weight", "blocks.{}.channel_mix.module.w2.weight"},
                    {"model.layers.{}.mlp.down_proj.weight", "blocks.{}.channel_mix.module.w3.weight"},
                    {"model.layers.{}.rwkv7.{}", "blocks.{}.token_mix.module.{}"},
                    {"model.layers.{}.mamba2.{}", "blocks.{}.token_mix.module.{}"}},
                   {}};

// The mixer that a token_mix_pattern names.
Json mixer_of(const ForeignConfig& c, const Json& name) {
  if (name == "rwkv7")  // published checkpoints were trained with statistics over whole sequences
    return {{"kind", "rwkv7"},
            {"heads", c.integer("rwkv_n_heads", 4)},
            {"rank", c.integer("rwkv_lowrank", 16)},
            {"group_norm", "sequence"}};
  if (name == "mamba2")
    return {{"kind", "mamba2"},
            {"expand", c.integer("mamba_expand", 1)},
            {"head_width", c.integer("mamba_d_head", 64)},
            {"state", c.integer("mamba_d_state", 16)}};
  refuse_unless(false, c, "token_mix_pattern", name.dump());
  return {};
}

ModelConfig from_vuaf(const ForeignConfig& c, bool) {
  refuse_unless(c.present("channel_mix_pattern") && c.at("token_mix_pattern").is_array() &&
                    c.at("channel_mix_pattern").is_array() &&
                    c.at("token_mix_pattern").size() == c.at("channel_mix_pattern").size(),
                c, "token_mix_pattern", "a pattern of another length than channel_mix_pattern");
  const int64_t width = c.integer("d_model"), rwkv_heads = c.integer("rwkv_n_heads", 4);
  Json layers = Json::array();
  for (size_t i = 0; i < c.at("token_mix_pattern").size(); ++i) {
    const Json &mixer = c.at("token_mix_pattern")[i], &feed = c.at("channel_mix_pattern")[i];
    refuse_unless(feed == "swiglu", c, "channel_mix_pattern", feed.dump());
    layers.push_back({{"mixer", mixer_of(c, mixer)},
                      {"feed", {{"kind", "swiglu"}, {"width", c.integer("ffn_hidden", 256)}}}});
  }
  require(rwkv_heads * c.integer("rwkv_head_dim", 32) == width, ErrorCode::usage,
          "{}: rwkv_n_heads · rwkv_head_dim is {}, wanted d_model, {}", c.where(),
          rwkv_heads * c.integer("rwkv_head_dim", 32), width);
  Json loop = {{"steps", c.integer("loop_steps", 4)}};
  if (c.integer("loop_steps", 4) > 1)
    loop["halt"] = {{"initial_bias", c.number("halt_init_bias", -2.0)},
                    {"entropy_weight", c.number("entropy_reg_coef", 0.01)}};
  return parse_model({{"name", c.text("name", "")},
                      {"width", width},
                      {"vocab", c.integer("vocab_size")},
                      {"context", c.integer("max_seq_len", 1024)},
                      {"norm_eps", 1e-6},
                      {"embed", {{"tied", c.boolean("tie_embeddings", true)}}},
                      {"layers", layers},
                      {"join", {{"kind", "sum_norm"}}},
                      {"loop", loop}},
                     c.where());
}

}  // namespace

const FamilyReader& vuaf_reader() {
  static const FamilyReader reader{[](const ForeignConfig&) { return &kVuaf; }, "a VUAF config",
                                   [](const ForeignConfig& c) { return c.present("token_mix_pattern"); },
                                   from_vuaf};
  return reader;
}

}  // namespace bantam
