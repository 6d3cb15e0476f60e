// The config.json that transformers reads a Llama-class trunk by: the plainest class that computes it.
#include <nlohmann/json.hpp>

#include "model/families.h"

namespace bantam {
namespace {

// What all layers have in common, and what may differ between them.
struct Layers {
  Json mixer, feed;              // options of the first layer that turns
  std::vector<int64_t> windows;  // 0: all
  std::vector<bool> turns;       // by position
  int64_t window = 0;            // the one width of those that have a window
  bool all_turn = true, some_turn = false, all_windows = true;
};

// A reason where no class has such layers.
std::string read_layers(const ModelConfig& model, Layers& layers) {
  for (const LayerConfig& layer : model.layers) {
    if (layer.mixer.kind != "attention") return "it has the mixer " + layer.mixer.kind;
    if (layer.feed.kind != "swiglu") return "it has the feed " + layer.feed.kind;
    const Json mixer = Json::parse(layer.mixer.options);
    const int64_t window = mixer["window"];
    const bool turns = mixer["rope_base"] != 0.0;
    if (window != 0 && layers.window != 0 && window != layers.window) return "its windows differ in width";
    if (window != 0) layers.window = window;
    layers.all_windows = layers.all_windows && window != 0;
    layers.all_turn = layers.all_turn && turns;
    if (turns && !layers.some_turn) layers.mixer = mixer, layers.some_turn = true;
    layers.windows.push_back(window), layers.turns.push_back(turns);
  }
  if (!layers.some_turn) return "it has no rotary positions";
  layers.feed = Json::parse(model.layers.front().feed.options);
  layers.mixer.erase("window");
  for (const LayerConfig& layer : model.layers) {
    Json mixer = Json::parse(layer.mixer.options);
    mixer.erase("window");
    if (mixer["rope_base"] == 0.0) {
      mixer["rope_base"] = layers.mixer["rope_base"];
      if (layers.mixer.contains("rope_scaling")) mixer["rope_scaling"] = layers.mixer["rope_scaling"];
    }
    if (mixer != layers.mixer || Json::parse(layer.feed.options) != layers.feed)
      return "its layers differ from each other";
  }
  return "";
}

struct Class {
  const char *type, *name;
};

// Empty type: `reason` says why there is none.
Class class_of(const Layers& layers, std::string& reason) {
  const bool bias = layers.mixer["bias"], qkv_bias = layers.mixer["qkv_bias"],
             qk_norm = layers.mixer["qk_norm"], feed_bias = layers.feed["bias"];
  if (qk_norm || (qkv_bias && !bias)) {
    if (!layers.all_turn)
      reason = "it has layers without positions beside norms or biases of queries and keys";
    if (feed_bias) reason = "its feed has biases beside norms or biases of queries and keys";
    if (qk_norm && qkv_bias && !bias) reason = "its attention has norms and biases of queries and keys";
    return qk_norm ? Class{"qwen3", "Qwen3ForCausalLM"} : Class{"qwen2", "Qwen2ForCausalLM"};
  }
  if (layers.all_turn && layers.window == 0) return {"llama", "LlamaForCausalLM"};
  if (layers.all_turn && layers.all_windows && !bias && !feed_bias) return {"mistral", "MistralForCausalLM"};
  return {"smollm3", "SmolLM3ForCausalLM"};
}

void write_windows(const Layers& layers, const std::string& type, Json& c) {
  if (type == "llama") return;
  c["sliding_window"] = layers.window == 0 ? Json() : Json(layers.window);
  if (type == "mistral") return;
  c["use_sliding_window"] = layers.window != 0;
  Json types = Json::array();
  for (const int64_t window : layers.windows)
    types.push_back(window == 0 ? "full_attention" : "sliding_attention");
  c["layer_types"] = types;
  if (type != "smollm3") {
    c["max_window_layers"] = layers.windows.size();
    return;
  }
  c["no_rope_layers"] = Json::array();
  for (const bool turns : layers.turns) c["no_rope_layers"].push_back(turns ? 1 : 0);
}

// In the spelling of before transformers 5 and in that of since.
void write_rotary(const Json& mixer, Json& c) {
  Json rope = {{"rope_type", "default"}};
  if (mixer.contains("rope_scaling") && mixer["rope_scaling"]["type"] != "none") {
    const Json& scaling = mixer["rope_scaling"];
    rope = {{"rope_type", scaling["type"]}, {"factor", scaling["factor"]}};
    if (scaling["type"] != "linear") rope["original_max_position_embeddings"] = scaling["original_context"];
    if (scaling["type"] == "llama3")
      for (const char* key : {"low_freq_factor", "high_freq_factor"}) rope[key] = scaling[key];
    if (scaling["type"] == "yarn")
      for (const char* key : {"beta_fast", "beta_slow", "attention_factor", "truncate"})
        rope[key] = scaling[key];
  }
  c["rope_theta"] = mixer["rope_base"];
  c["rope_scaling"] = rope["rope_type"] == "default" ? Json() : rope;
  rope["rope_theta"] = mixer["rope_base"];
  c["rope_parameters"] = rope;
}

std::string beside_layers(const ModelConfig& model) {
  if (model.join.kind != "residual") return "it has the join " + model.join.kind;
  if (model.norm != NormKind::rms) return "its norms are not RMSNorm";
  if (model.embed.norm) return "its embeddings are normed";
  if (model.embed.value) return "its mixers read the embedding again";
  if (model.embed.memory) return "it has the memory " + model.embed.memory->kind;
  if (model.embed.patches) return "it has a chart-patch encoder (embed.patches)";
  if (model.refine) return "it has the refinement " + model.refine->kind;
  if (model.loop.steps != 1) return "it loops over its layers";
  return "";
}

}  // namespace

std::string as_llama(const ModelConfig& model, Json& c) {
  Layers layers;
  std::string reason = read_layers(model, layers);
  if (reason.empty()) reason = beside_layers(model);
  if (!reason.empty()) return reason;
  const int64_t heads = layers.mixer["heads"], kv_heads = layers.mixer["kv_heads"],
                head_width = layers.mixer["head_width"];
  if (model.width % heads != 0) return "its heads do not divide its width";
  const Class kind = class_of(layers, reason);
  if (!reason.empty()) return reason;
  c["architectures"] = {kind.name};
  c["model_type"] = kind.type;
  c["vocab_size"] = model.vocab;
  c["hidden_size"] = model.width;
  c["intermediate_size"] = layers.feed["width"];
  c["num_hidden_layers"] = model.layers.size();
  c["num_attention_heads"] = heads;
  c["num_key_value_heads"] = kv_heads == 0 ? heads : kv_heads;
  c["head_dim"] = head_width == 0 ? model.width / heads : head_width;
  c["hidden_act"] = "silu";
  c["max_position_embeddings"] = model.context;
  c["rms_norm_eps"] = model.norm_eps;
  write_rotary(layers.mixer, c);
  c["attention_bias"] = layers.mixer["bias"];
  c["mlp_bias"] = layers.feed["bias"];
  write_windows(layers, kind.type, c);
  c["tie_word_embeddings"] = model.embed.tied;
  return "";
}

}  // namespace bantam
