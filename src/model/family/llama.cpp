// Llama and those of its class, as Hugging Face writes them: Mistral, Qwen2, Qwen3, SmolLM3. What they have of their own is
// options of our attention: windows, biases, norms of queries and keys, layers without positions.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"

namespace bantam {
namespace {

const Family kLlama{"llama", {}, {"model.layers.{}.self_attn.rotary_emb.inv_freq"}};

const char* const kTypes[] = {"llama", "mistral", "qwen2", "qwen3", "smollm3"};

struct Rotary {
  double base = 0;
  Json scaling;  // null: none
};

// What transformers' _compute_yarn_parameters makes of absent keys.
double yarn_attention_factor(const ForeignConfig& rope, double factor) {
  if (rope.present("attention_factor")) return rope.number("attention_factor");
  const auto growth = [&](double scale) { return factor <= 1 ? 1.0 : 0.1 * scale * std::log(factor) + 1; };
  const double scale = rope.number("mscale", 0.0), all = rope.number("mscale_all_dim", 0.0);
  return scale != 0 && all != 0 ? growth(scale) / growth(all) : growth(1);
}

Json scaling_of(const ForeignConfig& c, const ForeignConfig& rope, const std::string& type, int64_t context) {
  if (type == "default") return nullptr;
  const char* key = rope.present("rope_type") ? "rope_type" : "type";
  refuse_unless(type == "linear" || type == "llama3" || type == "yarn", rope, key,
                "rope_type \"" + type + "\"");
  Json scaling = {{"type", type}};
  if (type == "linear") {
    scaling["factor"] = rope.number("factor");
    return scaling;
  }
  const int64_t original = c.integer("original_max_position_embeddings",
                                     rope.integer("original_max_position_embeddings", context));
  require(original > 0, ErrorCode::usage, "{}: is {}, wanted above 0",
          rope.path("original_max_position_embeddings").text(), original);
  scaling["original_context"] = original;
  scaling["factor"] = rope.number("factor", static_cast<double>(context) / static_cast<double>(original));
  if (type == "llama3") {
    scaling["low_freq_factor"] = rope.number("low_freq_factor");
    scaling["high_freq_factor"] = rope.number("high_freq_factor");
    return scaling;
  }
  for (const char* beta : {"beta_fast", "beta_slow"})
    if (rope.present(beta) && rope.number(beta) != 0) scaling[beta] = rope.number(beta);
  scaling["truncate"] = rope.boolean("truncate", true);
  scaling["attention_factor"] = yarn_attention_factor(rope, scaling["factor"].get<double>());
  return scaling;
}

// New files have rope_parameters with the base inside, old ones rope_theta and rope_scaling; where a file has both,
// transformers believes the old.
Rotary rotary_of(const ForeignConfig& c, double usual_base, int64_t context) {
  refuse_unless(c.number("partial_rotary_factor", 1.0) == 1.0, c, "partial_rotary_factor",
                "a partial rotation");
  Rotary rotary{c.number("rope_theta", usual_base), nullptr};
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    if (!c.present(key)) continue;
    if (!c.at(key).is_object()) fail_value(c.path(key), c.at(key), "an object");
    if (c.at(key).empty()) continue;
    const ForeignConfig rope(c.at(key), c.path(key).text());
    for (const char* nested : {"full_attention", "sliding_attention"})
      refuse_unless(!rope.present(nested), rope, nested, "rotary positions that differ by layer");
    refuse_unless(!rope.present("mrope_section"), rope, "mrope_section", "positions in several dimensions");
    refuse_unless(rope.number("partial_rotary_factor", 1.0) == 1.0, rope, "partial_rotary_factor",
                  "a partial rotation");
    rotary.base = rope.number("rope_theta", rotary.base);
    rotary.scaling = scaling_of(c, rope, rope.text("rope_type", rope.text("type", "default")), context);
    return rotary;
  }
  return rotary;
}

// Which layers have a window, and how wide; 0: it sees all.
std::vector<int64_t> windows_of(const ForeignConfig& c, const std::string& type, size_t layers,
                                const std::vector<bool>& turns) {
  const bool has_key = c.json().contains("sliding_window");
  if (type == "llama") {
    refuse_unless(!c.present("sliding_window"), c, "sliding_window", "a window in a Llama model");
    return std::vector<int64_t>(layers, 0);
  }
  const bool absent_means_one = !has_key && type == "mistral";  // as its class has it
  const bool wanted = type == "mistral" || c.boolean("use_sliding_window", false);
  if (!wanted || (!c.present("sliding_window") && !absent_means_one)) return std::vector<int64_t>(layers, 0);
  const int64_t window = c.integer("sliding_window", 4096);
  require(window > 0, ErrorCode::usage, "{}: is {}, wanted above 0", c.path("sliding_window").text(), window);
  std::vector<int64_t> windows(layers, window);
  if (type == "mistral") return windows;
  if (c.present("layer_types")) {
    const Json& types = c.at("layer_types");
    require(types.is_array() && types.size() == layers, ErrorCode::usage,
            "{}: wanted one for each of {} layers", c.path("layer_types").text(), layers);
    for (size_t i = 0; i < layers; ++i) {
      refuse_unless(types[i] == "full_attention" || types[i] == "sliding_attention", c, "layer_types",
                    types[i].dump(-1, ' ', false, Json::error_handler_t::replace));
      if (types[i] == "full_attention") windows[i] = 0;
    }
    return windows;
  }
  const int64_t whole = type == "smollm3" ? 0 : c.integer("max_window_layers", 28);
  for (size_t i = 0; i < layers; ++i)
    if (type == "smollm3" ? turns[i] : static_cast<int64_t>(i) < whole) windows[i] = 0;
  return windows;
}

// Which layers turn queries and keys by their positions. In SmolLM3 every fourth does not, unless the file says otherwise.
std::vector<bool> turning_layers(const ForeignConfig& c, const std::string& type, size_t layers) {
  std::vector<bool> turns(layers, true);
  if (type != "smollm3") return turns;
  if (!c.present("no_rope_layers")) {
    const int64_t every = c.integer("no_rope_layer_interval", 4);
    require(every > 0, ErrorCode::usage, "{}: is {}, wanted above 0", c.path("no_rope_layer_interval").text(),
            every);
    for (size_t i = 0; i < layers; ++i) turns[i] = (i + 1) % static_cast<size_t>(every) != 0;
    return turns;
  }
  const Json& list = c.at("no_rope_layers");
  require(list.is_array() && list.size() >= layers, ErrorCode::usage,
          "{}: wanted a list of 1 (with rotary positions) and 0 (without) for each of {} layers",
          c.path("no_rope_layers").text(), layers);
  for (size_t i = 0; i < layers; ++i) {
    if (list[i] != 0 && list[i] != 1) fail_value(c.path("no_rope_layers").item(i), list[i], "0 or 1");
    turns[i] = list[i] == 1;
  }
  return turns;
}

Json layers_of(const ForeignConfig& c, const std::string& type, int64_t context) {
  const int64_t heads = c.integer("num_attention_heads"), count = c.integer("num_hidden_layers");
  require(count > 0 && count <= 1024, ErrorCode::usage, "{}: is {}, wanted from 1 to 1024",
          c.path("num_hidden_layers").text(), count);
  const Rotary rotary = rotary_of(c, type == "smollm3" ? 2e6 : 1e4, context);
  Json mixer = {{"kind", "attention"},
                {"heads", heads},
                {"kv_heads", c.integer("num_key_value_heads", heads)},
                {"bias", type != "qwen2" && type != "mistral" && c.boolean("attention_bias", false)},
                {"qkv_bias", type == "qwen2"},
                {"qk_norm", type == "qwen3"}};
  if (c.present("head_dim") || type == "qwen3") mixer["head_width"] = c.integer("head_dim", 128);
  const Json feed = {{"kind", "swiglu"},
                     {"width", c.integer("intermediate_size")},
                     {"bias", (type == "llama" || type == "smollm3") && c.boolean("mlp_bias", false)}};
  const std::vector<bool> turns = turning_layers(c, type, static_cast<size_t>(count));
  const std::vector<int64_t> windows = windows_of(c, type, static_cast<size_t>(count), turns);
  Json layers = Json::array();
  for (size_t i = 0; i < turns.size(); ++i) {
    mixer["window"] = windows[i];
    mixer["rope_base"] = turns[i] ? rotary.base : 0.0;
    mixer["rope_scaling"] = turns[i] ? rotary.scaling : Json();
    layers.push_back({{"mixer", mixer}, {"feed", feed}});
  }
  return layers;
}

ModelConfig from_llama(const ForeignConfig& c, bool has_output_head) {
  const std::string type = c.text("model_type", ""), activation = c.text("hidden_act", "silu");
  refuse_unless(activation == "silu", c, "hidden_act", activation);
  refuse_unless(!c.present("quantization_config"), c, "quantization_config", "a quantised checkpoint");
  // Weights that hold an output projection are believed before a config that ties it.
  const bool tied = c.boolean("tie_word_embeddings", true) && !has_output_head;
  const int64_t context = c.integer("max_position_embeddings", 2048);
  return parse_model({{"name", c.text("_name_or_path", "")},
                      {"width", c.integer("hidden_size")},
                      {"vocab", c.integer("vocab_size")},
                      {"context", context},
                      {"norm_eps", c.number("rms_norm_eps", 1e-6)},
                      {"embed", {{"tied", tied}}},
                      {"layers", layers_of(c, type, context)}},
                     c.where());
}

}  // namespace

const FamilyReader& llama_reader() {
  static const FamilyReader reader{[](const ForeignConfig&) { return &kLlama; },
                                   {std::begin(kTypes), std::end(kTypes)},
                                   [](const ForeignConfig& c) {
                                     const std::string type = c.text("model_type", "");
                                     return std::find(std::begin(kTypes), std::end(kTypes), type) !=
                                            std::end(kTypes);
                                   },
                                   from_llama};
  return reader;
}

}  // namespace bantam
