// Llama and Mistral, as Hugging Face writes them.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"

namespace bantam {
namespace {

const Family kLlama{"llama", {}, {"model.layers.{}.self_attn.rotary_emb.inv_freq"}};

double rope_theta(const ForeignConfig& c) {
  for (const char* key : {"rope_parameters", "rope_scaling"}) {
    if (!c.present(key)) continue;
    if (!c.at(key).is_object()) fail_value(c.path(key), c.at(key), "an object");
    const ForeignConfig rope(c.at(key), c.path(key).text());
    const std::string type = rope.text("rope_type", rope.text("type", "default"));
    refuse_unless(type == "default", c, key, "rope_type \"" + type + "\"");
    refuse_unless(rope.number("partial_rotary_factor", 1.0) == 1.0, c, key, "a partial rotation");
    if (rope.present("rope_theta")) return rope.number("rope_theta");
  }
  return c.number("rope_theta", 10000.0);
}

ModelConfig from_llama(const ForeignConfig& c, bool has_output_head) {
  const int64_t heads = c.integer("num_attention_heads"), width = c.integer("hidden_size");
  refuse_unless(c.text("hidden_act", "silu") == "silu", c, "hidden_act", c.text("hidden_act", "silu"));
  refuse_unless(!c.present("quantization_config"), c, "quantization_config", "a quantised checkpoint");
  refuse_unless(c.number("partial_rotary_factor", 1.0) == 1.0, c, "partial_rotary_factor",
                "a partial rotation");
  // Weights that hold an output projection are believed before a config that ties it.
  const bool tied = c.boolean("tie_word_embeddings", true) && !has_output_head;
  Json mixer = {{"kind", "attention"},
                {"heads", heads},
                {"kv_heads", c.integer("num_key_value_heads", heads)},
                {"rope_base", rope_theta(c)},
                {"bias", c.boolean("attention_bias", false)}};
  if (c.present("head_dim")) mixer["head_width"] = c.integer("head_dim");
  if (c.present("sliding_window") && c.boolean("use_sliding_window", true))
    mixer["window"] = c.integer("sliding_window");
  const Json feed = {
      {"kind", "swiglu"}, {"width", c.integer("intermediate_size")}, {"bias", c.boolean("mlp_bias", false)}};
  const Json layer = {{"mixer", mixer}, {"feed", feed}, {"repeat", c.integer("num_hidden_layers")}};
  return parse_model({{"name", c.text("_name_or_path", "")},
                      {"width", width},
                      {"vocab", c.integer("vocab_size")},
                      {"context", c.integer("max_position_embeddings", 2048)},
                      {"norm_eps", c.number("rms_norm_eps", 1e-6)},
                      {"embed", {{"tied", tied}}},
                      {"layers", Json::array({layer})}},
                     c.where());
}

}  // namespace

const FamilyReader& llama_reader() {
  static const FamilyReader reader{[](const ForeignConfig&) { return &kLlama; }, "llama, mistral",
                                   [](const ForeignConfig& c) {
                                     const std::string type = c.text("model_type", "");
                                     return type == "llama" || type == "mistral";
                                   },
                                   from_llama};
  return reader;
}

std::string as_llama(const ModelConfig& model, Json& c) {
  for (const LayerConfig& layer : model.layers)
    if (layer.mixer != model.layers.front().mixer || layer.feed != model.layers.front().feed)
      return "its layers differ from each other";
  const PartConfig &mixer = model.layers.front().mixer, &feed = model.layers.front().feed;
  if (mixer.kind != "attention") return "it has the mixer " + mixer.kind;
  if (feed.kind != "swiglu") return "it has the feed " + feed.kind;
  if (model.join.kind != "residual") return "it has the join " + model.join.kind;
  if (model.norm != NormKind::rms) return "its norms are not RMSNorm";
  if (model.embed.norm) return "its embeddings are normed";
  if (model.embed.value) return "its mixers read the embedding again";
  if (model.embed.memory) return "it has the memory " + model.embed.memory->kind;
  if (model.embed.patches) return "it has a chart-patch encoder (embed.patches)";
  if (model.refine) return "it has the refinement " + model.refine->kind;
  if (model.loop.steps != 1) return "it loops over its layers";
  const Json a = Json::parse(mixer.options), f = Json::parse(feed.options);
  if (a["qk_norm"] == true) return "its attention normalises queries and keys";
  if (a["rope_base"] == 0.0) return "it has no rotary positions";
  if (a["window"] != 0) return "its attention has a window";
  if (model.width % a["heads"].get<int64_t>() != 0) return "its heads do not divide its width";
  const int64_t heads = a["heads"], kv_heads = a["kv_heads"], head_width = a["head_width"];
  c["architectures"] = {"LlamaForCausalLM"};
  c["model_type"] = "llama";
  c["vocab_size"] = model.vocab;
  c["hidden_size"] = model.width;
  c["intermediate_size"] = f["width"];
  c["num_hidden_layers"] = model.layers.size();
  c["num_attention_heads"] = heads;
  c["num_key_value_heads"] = kv_heads == 0 ? heads : kv_heads;
  c["head_dim"] = head_width == 0 ? model.width / heads : head_width;
  c["hidden_act"] = "silu";
  c["max_position_embeddings"] = model.context;
  c["rms_norm_eps"] = model.norm_eps;
  c["rope_theta"] = a["rope_base"];
  c["rope_scaling"] = nullptr;
  c["rope_parameters"] = {{"rope_theta", a["rope_base"]}, {"rope_type", "default"}};
  c["attention_bias"] = a["bias"];
  c["mlp_bias"] = f["bias"];
  c["tie_word_embeddings"] = model.embed.tied;
  return "";
}

}  // namespace bantam
