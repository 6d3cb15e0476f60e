// Mamba-2 as Hugging Face writes it (Mamba2ForCausalLM).
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/family/foreign_config.h"

namespace bantam {
namespace {

const Family kMamba2{"mamba2",
                     {{"model.embed_tokens.weight", "backbone.embeddings.weight"},
                      {"model.norm.weight", "backbone.norm_f.weight"},
                      {"model.layers.{}.input_layernorm.weight", "backbone.layers.{}.norm.weight"},
                      {"model.layers.{}.mamba2.{}", "backbone.layers.{}.mixer.{}"}},
                     {}};

// Infinity is no JSON: it is written as {"__float__": "Infinity"}, or left out. 0: no limit.
double step_limit(const ForeignConfig& c, size_t index) {
  if (!c.present("time_step_limit")) return 0;
  const Json& limits = c.at("time_step_limit");
  if (!limits.is_array() || limits.size() != 2) fail_value(c.path("time_step_limit"), limits, "two numbers");
  const Json& limit = limits[index];
  if (index == 1 && limit.is_object() && limit.contains("__float__") && limit["__float__"] == "Infinity")
    return 0;
  if (!limit.is_number()) fail_value(c.path("time_step_limit").item(index), limit, "a number");
  return limit.get<double>();
}

ModelConfig from_mamba2(const ForeignConfig& c, bool has_output_head) {
  const int64_t width = c.integer("hidden_size"), expand = c.integer("expand", 2);
  const int64_t heads = c.integer("num_heads"), head_width = c.integer("head_dim", 64);
  refuse_unless(c.text("hidden_act", "silu") == "silu", c, "hidden_act", c.text("hidden_act", "silu"));
  refuse_unless(c.boolean("rms_norm", true), c, "rms_norm", "a mixer without its norm");
  require(width > 0 && expand > 0 && heads > 0 && head_width > 0 && width <= 65536 && expand <= 64 &&
              heads <= 65536 * 64 && head_width <= 65536 && heads * head_width == width * expand,
          ErrorCode::usage, "{}: num_heads {} of head_dim {} are not hidden_size {} times expand {}",
          c.where(), heads, head_width, width, expand);
  const Json mixer = {{"kind", "mamba2_published"},
                      {"expand", expand},
                      {"head_width", head_width},
                      {"state", c.integer("state_size", 128)},
                      {"groups", c.integer("n_groups", 8)},
                      {"taps", c.integer("conv_kernel", 4)},
                      {"step_low", step_limit(c, 0)},
                      {"step_high", step_limit(c, 1)},
                      {"bias", c.boolean("use_bias", false)},
                      {"conv_bias", c.boolean("use_conv_bias", true)}};
  const Json layer = {
      {"mixer", mixer}, {"feed", {{"kind", "none"}}}, {"repeat", c.integer("num_hidden_layers")}};
  return parse_model({{"name", c.text("_name_or_path", "")},
                      {"width", width},
                      {"vocab", c.integer("vocab_size")},
                      {"context", c.integer("max_position_embeddings", 4096)},
                      {"norm_eps", c.number("layer_norm_epsilon", 1e-5)},
                      {"embed", {{"tied", c.boolean("tie_word_embeddings", true) && !has_output_head}}},
                      {"layers", Json::array({layer})}},
                     c.where());
}

}  // namespace

const FamilyReader& mamba2_reader() {
  static const FamilyReader reader{
      [](const ForeignConfig&) { return &kMamba2; },
      {"mamba2"},
      [](const ForeignConfig& c) { return c.text("model_type", "") == "mamba2"; },
      from_mamba2};
  return reader;
}

}  // namespace bantam
