// VUAF's checkpoints (models/vuaf.md names their keys and tensors).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"
#include "model/family/vuaf_card.h"

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
                   {}};

// Published checkpoints were trained with statistics over whole sequences.
ModelConfig from_vuaf(const ForeignConfig& c, bool) {
  for (const char* key : {"name", "vocab_size"})
    require(c.present(key), ErrorCode::usage, "{}: is missing", c.path(key).text());
  const VuafCard card = read_config<VuafCard>(c.json(), {c.where()});
  return parse_model(vuaf_composition(card, "sequence", c.where()), c.where());
}

}  // namespace

const FamilyReader& vuaf_reader() {
  static const FamilyReader reader{[](const ForeignConfig&) { return &kVuaf; }, "a VUAF config",
                                   [](const ForeignConfig& c) { return c.present("token_mix_pattern"); },
                                   from_vuaf};
  return reader;
}

}  // namespace bantam
