#include "model/families.h"

#include <nlohmann/json.hpp>

#include "base/describe.h"

namespace bantam {
namespace {

const Family kOurs{"bantam", {}, {}};
const Family kLlama{"llama", {}, {"model.layers.{}.self_attn.rotary_emb.inv_freq"}};
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
                    {"model.layers.{}.rwkv7.{}", "blocks.{}.token_mix.module.{}"}},
                   {}};

// What the {} of `pattern` stand for in `text`, or nothing when it does not match. All but the last are one dotted part.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view text) {
  std::vector<std::string> found;
  while (true) {
    const size_t hole = pattern.find("{}");
    if (hole == std::string_view::npos) return pattern == text ? std::optional(found) : std::nullopt;
    if (text.substr(0, hole) != pattern.substr(0, hole)) return std::nullopt;
    text.remove_prefix(hole);
    pattern.remove_prefix(hole + 2);
    const size_t end = pattern.empty() ? text.size() : text.find('.');
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    found.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string fill(std::string_view pattern, const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) {
    const size_t hole = pattern.find("{}");
    out += pattern.substr(0, hole);
    out += value;
    pattern.remove_prefix(hole + 2);
  }
  return out += pattern;
}

// Typed access to a foreign config, with errors that name the key.
class Reader {
 public:
  Reader(const Json& json, std::string where) : json_(json), path_{std::move(where)} {}
  int64_t integer(const char* key, std::optional<int64_t> absent = {}) const {
    if (!present(key)) return missing(key, absent);
    if (!json_[key].is_number_integer()) fail_value(path_.key(key), json_[key], "an integer");
    return json_[key].get<int64_t>();
  }
  double number(const char* key, std::optional<double> absent = {}) const {
    if (!present(key)) return missing(key, absent);
    if (!json_[key].is_number()) fail_value(path_.key(key), json_[key], "a number");
    return json_[key].get<double>();
  }
  bool boolean(const char* key, bool absent) const {
    if (!present(key)) return absent;
    if (!json_[key].is_boolean()) fail_value(path_.key(key), json_[key], "true or false");
    return json_[key].get<bool>();
  }
  std::string text(const char* key, const std::string& absent) const {
    if (!present(key)) return absent;
    if (!json_[key].is_string()) fail_value(path_.key(key), json_[key], "a string");
    return json_[key].get<std::string>();
  }
  bool present(const char* key) const { return json_.contains(key) && !json_[key].is_null(); }
  const Json& at(const char* key) const { return json_[key]; }
  ConfigPath path(const char* key) const { return path_.key(key); }
  const std::string& where() const { return path_.where; }

 private:
  template <class T>
  T missing(const char* key, const std::optional<T>& absent) const {
    require(absent.has_value(), ErrorCode::usage, "{}: is missing", path_.key(key).text());
    return *absent;
  }
  const Json& json_;
  ConfigPath path_;
};

void refuse_unless(bool ok, const Reader& c, const char* key, const std::string& what) {
  require(ok, ErrorCode::unsupported, "{}: {} is not something this build can compute", c.path(key).text(), what);
}

double rope_theta(const Reader& c) {
  for (const char* key : {"rope_parameters", "rope_scaling"}) {
    if (!c.present(key)) continue;
    if (!c.at(key).is_object()) fail_value(c.path(key), c.at(key), "an object");
    const Reader rope(c.at(key), c.path(key).text());
    const std::string type = rope.text("rope_type", rope.text("type", "default"));
    refuse_unless(type == "default", c, key, "rope_type \"" + type + "\"");
    refuse_unless(rope.number("partial_rotary_factor", 1.0) == 1.0, c, key, "a partial rotation");
    if (rope.present("rope_theta")) return rope.number("rope_theta");
  }
  return c.number("rope_theta", 10000.0);
}

ModelConfig from_llama(const Reader& c, bool has_output_head) {
  const int64_t heads = c.integer("num_attention_heads"), width = c.integer("hidden_size");
  refuse_unless(c.text("hidden_act", "silu") == "silu", c, "hidden_act", c.text("hidden_act", "silu"));
  refuse_unless(!c.present("quantization_config"), c, "quantization_config", "a quantised checkpoint");
  refuse_unless(c.number("partial_rotary_factor", 1.0) == 1.0, c, "partial_rotary_factor", "a partial rotation");
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
  const Json feed = {{"kind", "swiglu"}, {"width", c.integer("intermediate_size")}, {"bias", c.boolean("mlp_bias", false)}};
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

ModelConfig from_vuaf(const Reader& c) {
  refuse_unless(c.present("channel_mix_pattern") && c.at("token_mix_pattern").is_array() &&
                    c.at("channel_mix_pattern").is_array() &&
                    c.at("token_mix_pattern").size() == c.at("channel_mix_pattern").size(),
                c, "token_mix_pattern", "a pattern of another length than channel_mix_pattern");
  const int64_t width = c.integer("d_model"), rwkv_heads = c.integer("rwkv_n_heads", 4);
  Json layers = Json::array();
  for (size_t i = 0; i < c.at("token_mix_pattern").size(); ++i) {
    const Json &mixer = c.at("token_mix_pattern")[i], &feed = c.at("channel_mix_pattern")[i];
    refuse_unless(mixer == "rwkv7", c, "token_mix_pattern", mixer.dump());
    refuse_unless(feed == "swiglu", c, "channel_mix_pattern", feed.dump());
    layers.push_back({{"mixer", {{"kind", "rwkv7"}, {"heads", rwkv_heads}, {"rank", c.integer("rwkv_lowrank", 16)}}},
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

std::string Family::theirs(std::string_view ours) const {
  for (const auto& [mine, other] : names)
    if (const auto found = match(mine, ours)) return fill(other, *found);
  return std::string(ours);
}

bool Family::is_derived(std::string_view theirs_name) const {
  for (const std::string& pattern : derived)
    if (match(pattern, theirs_name)) return true;
  return false;
}

FamilyModel read_family(const Json& config, const std::string& where, bool has_output_head) {
  require(config.is_object(), ErrorCode::usage, "{}: is not a JSON object", where);
  const Reader c(config, where);
  if (c.present("bantam")) {
    const Reader ours(config.at("bantam"), where + ": bantam");
    require(ours.integer("format_version") == 1, ErrorCode::unsupported,
            "{}: format_version is {}, this build reads 1", ours.where(), ours.integer("format_version"));
    require(ours.present("model"), ErrorCode::usage, "{}.model: is missing", ours.where());
    return {&kOurs, parse_model(ours.at("model"), where)};
  }
  if (c.present("token_mix_pattern")) return {&kVuaf, from_vuaf(c)};
  const std::string type = c.text("model_type", "");
  if (type == "llama" || type == "mistral") return {&kLlama, from_llama(c, has_output_head)};
  fail(ErrorCode::unsupported, "{}: model_type \"{}\" is not known; wanted llama, mistral, a VUAF config or our own",
       where, type);
}

std::string as_llama(const ModelConfig& model, Json& c) {
  for (const LayerConfig& layer : model.layers)
    if (layer.mixer != model.layers.front().mixer || layer.feed != model.layers.front().feed)
      return "its layers differ from each other";
  const PartConfig &mixer = model.layers.front().mixer, &feed = model.layers.front().feed;
  if (mixer.kind != "attention") return "it has the mixer " + mixer.kind;
  if (feed.kind != "swiglu") return "it has the feed " + feed.kind;
  if (model.join.kind != "residual") return "it has the join " + model.join.kind;
  if (model.loop.steps != 1) return "it loops over its layers";
  const Json a = Json::parse(mixer.options), f = Json::parse(feed.options);
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
