// RWKV-7 as flash-linear-attention writes it (RWKV7ForCausalLM).
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"

namespace bantam {
namespace {

const Family kRwkv7{"rwkv7",
                    {{"model.embed_tokens.weight", "model.embeddings.weight"},
                     {"model.embed_norm.{}", "model.layers.0.pre_norm.{}"},
                     {"model.layers.{}.input_layernorm.{}", "model.layers.{}.attn_norm.{}"},
                     {"model.layers.{}.post_attention_layernorm.{}", "model.layers.{}.ffn_norm.{}"},
                     {"model.layers.{}.rwkv7.{}", "model.layers.{}.attn.{}"},
                     {"model.layers.{}.mlp.{}", "model.layers.{}.ffn.{}"}},
                    {}};

void refuse_what_differs(const ForeignConfig& c, int64_t width) {
  refuse_unless(c.text("hidden_act", "sqrelu") == "sqrelu", c, "hidden_act", c.text("hidden_act", "sqrelu"));
  refuse_unless(c.boolean("norm_first", true), c, "norm_first", "a model without the norm of its embeddings");
  refuse_unless(c.boolean("norm_bias", true), c, "norm_bias", "a norm without bias");
  refuse_unless(!c.present("attn"), c, "attn", "a mixture with attention layers");
  if (!c.present("value_dim")) return;
  const Json& value = c.at("value_dim");
  for (const Json& of_layer : value.is_array() ? value : Json::array({value}))
    refuse_unless(of_layer == width, c, "value_dim", "values of another width than hidden_size");
}

int64_t hidden_width(const ForeignConfig& c, int64_t width) {
  if (c.present("intermediate_size")) return c.integer("intermediate_size");
  const int64_t wanted = static_cast<int64_t>(static_cast<double>(width) * c.number("hidden_ratio", 4.0));
  return (wanted + 31) / 32 * 32;
}

ModelConfig from_rwkv7(const ForeignConfig& c, bool) {
  const int64_t width = c.integer("hidden_size"), head_width = c.integer("head_dim", 64);
  require(width > 0 && width <= 65536 && head_width > 0 && width % head_width == 0, ErrorCode::usage,
          "{}: head_dim {} does not divide hidden_size {}", c.where(), head_width, width);
  refuse_what_differs(c, width);
  const int64_t layers = c.integer("num_hidden_layers");
  Json mixer = {{"kind", "rwkv7_published"},
                {"heads", width / head_width},
                {"decay_rank", c.integer("decay_low_rank_dim")},
                {"rate_rank", c.integer("a_low_rank_dim")},
                {"gate_rank", c.integer("gate_low_rank_dim")}};
  const Json feed = {{"kind", "rwkv7_channel_mix"}, {"width", hidden_width(c, width)}};
  Json all = Json::array({{{"mixer", mixer}, {"feed", feed}}});
  mixer["value_rank"] = c.integer("v_low_rank_dim");
  if (layers != 1) all.push_back({{"mixer", mixer}, {"feed", feed}, {"repeat", layers - 1}});
  return parse_model({{"name", c.text("_name_or_path", "")},
                      {"width", width},
                      {"vocab", c.integer("vocab_size")},
                      {"context", c.integer("max_position_embeddings", 2048)},
                      {"norm", "layer"},
                      {"norm_eps", c.number("norm_eps", 1e-5)},
                      {"embed", {{"tied", c.boolean("tie_word_embeddings", false)}, {"norm", true}}},
                      {"layers", all}},
                     c.where());
}

}  // namespace

const FamilyReader& rwkv7_reader() {
  static const FamilyReader reader{[](const ForeignConfig&) { return &kRwkv7; },
                                   {"rwkv7"},
                                   [](const ForeignConfig& c) { return c.text("model_type", "") == "rwkv7"; },
                                   from_rwkv7};
  return reader;
}

}  // namespace bantam
