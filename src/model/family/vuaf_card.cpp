#include "model/family/vuaf_card.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {

Schema schema(const VuafCard*) {
  using C = VuafCard;
  return describe<C>(
      "The sizes of a VUAF model.", field<&C::name>("What it is called."),
      field<&C::vocab_size>("Vocabulary; without it a preset takes the tokenizer's.", range(2, 1 << 20)),
      field<&C::tie_embeddings>("The output projection is the embedding table itself."),
      field<&C::d_model>("Width.", range(2, 65536)), field<&C::n_layers>("Layers.", range(1, 1024)),
      field<&C::token_mix_pattern>("The mixer of each layer: rwkv7, mamba2 or attn."),
      field<&C::channel_mix_pattern>("Its feed: swiglu or moe."),
      field<&C::rwkv_n_heads>("Heads of RWKV-7.", range(1, 1024)),
      field<&C::rwkv_head_dim>("Their width; heads times it is d_model.", range(1, 1024)),
      field<&C::rwkv_lowrank>("Rank of decay and removal rate.", range(1, 4096)),
      field<&C::mamba_d_state>("State of each channel of Mamba-2.", range(1, 1024)),
      field<&C::mamba_d_head>("Width of its heads.", range(1, 1024)),
      field<&C::mamba_expand>("Its inner width over d_model.", range(1, 64)),
      field<&C::mamba_chunk_size>("Unused, as in VUAF's own package.", range(1, 1 << 20)),
      field<&C::mamba_mode>("Two ways to the same sums; unused here.", one_of({"parallel", "recurrent"})),
      field<&C::attn_n_heads>("Heads of attention.", range(1, 1024)),
      field<&C::attn_head_dim>("Their width; heads times it is d_model.", range(2, 1024)),
      field<&C::attn_rope_base>("Base of the rotary positions.", range(1, 1e9)),
      field<&C::ffn_hidden>("Hidden width of a SwiGLU and of every expert.", range(1, 1 << 20)),
      field<&C::moe_n_experts>("Experts.", range(2, 1024)),
      field<&C::moe_top_k>("Experts of a token: one.", range(1, 1)),
      field<&C::moe_lb_loss_coef>("Weight of the loss that evens out their load.", range(0, 10)),
      field<&C::loop_steps>("Passes through the layers.", range(1, 64)),
      field<&C::halt_init_bias>("Of the halting logit in a new model.", range(-20, 20)),
      field<&C::entropy_reg_coef>("Weight of the entropy of the exits.", range(0, 10)),
      field<&C::max_seq_len>("Context.", range(2, 1 << 20)),
      field<&C::dropout>("Unused, as in VUAF's own package.", range(0, 1)));
}

namespace {

Json mixer_of(const VuafCard& c, const std::string& name, const std::string& group_norm,
              const ConfigPath& path) {
  if (name == "rwkv7") {
    require(c.rwkv_n_heads * c.rwkv_head_dim == c.d_model, ErrorCode::usage,
            "{}: rwkv_n_heads · rwkv_head_dim is {}, wanted d_model, {}", path.where,
            c.rwkv_n_heads * c.rwkv_head_dim, c.d_model);
    return {
        {"kind", "rwkv7"}, {"heads", c.rwkv_n_heads}, {"rank", c.rwkv_lowrank}, {"group_norm", group_norm}};
  }
  if (name == "mamba2")
    return {{"kind", "mamba2"},
            {"expand", c.mamba_expand},
            {"head_width", c.mamba_d_head},
            {"state", c.mamba_d_state}};
  require(name == "attn", ErrorCode::unsupported, "{}: \"{}\" is not something this build can compute",
          path.text(), name);
  require(c.attn_n_heads * c.attn_head_dim == c.d_model, ErrorCode::usage,
          "{}: attn_n_heads · attn_head_dim is {}, wanted d_model, {}", path.where,
          c.attn_n_heads * c.attn_head_dim, c.d_model);
  return {{"kind", "attention"}, {"heads", c.attn_n_heads}, {"rope_base", c.attn_rope_base}};
}

Json feed_of(const VuafCard& c, const std::string& name, const ConfigPath& path) {
  if (name == "swiglu") return {{"kind", "swiglu"}, {"width", c.ffn_hidden}};
  require(name == "moe", ErrorCode::unsupported, "{}: \"{}\" is not something this build can compute",
          path.text(), name);
  return {{"kind", "mixture"},
          {"width", c.ffn_hidden},
          {"experts", c.moe_n_experts},
          {"balance_weight", c.moe_lb_loss_coef}};
}

// With entropy alone all exits may drift to the first step and leave the last untrained (models/vuaf.md section 10).
constexpr double kFloorShare = 0.1;

struct VuafPreset {
  PresetInfo info;
  VuafCard card;
  std::string older_name;  // in lower case, as the preset's own
};

// Twice the width of Femto at heads as wide; the card of Pico is not published (models/vuaf.md section 1).
VuafCard pico() {
  VuafCard c;
  c.name = "VUAF-1-Pico";
  c.d_model = 256, c.ffn_hidden = 512, c.rwkv_n_heads = c.attn_n_heads = 8;
  return c;
}

VuafCard femto() {
  VuafCard c;
  c.name = "VUAF-1-Femto";
  return c;
}

VuafCard vuaf_nano() {
  VuafCard c;
  c.name = "vuaf-nano";
  c.d_model = 96, c.n_layers = 3, c.max_seq_len = 512;
  c.token_mix_pattern = {"rwkv7", "mamba2", "attn"};
  c.channel_mix_pattern = {"swiglu", "moe", "swiglu"};
  c.rwkv_n_heads = c.attn_n_heads = 3;
  c.mamba_d_head = 32;
  c.loop_steps = 2;
  c.entropy_reg_coef = 0.05;
  return c;
}

const std::vector<VuafPreset>& all_presets() {
  static const std::vector<VuafPreset> list = {
      {{"vuaf-nano", "1.0M in VUAF's form, two loop steps: trains on 2 cores in minutes"}, vuaf_nano(), ""},
      {{"vuaf-1-femto",
        "2.5M: RWKV-7, Mamba-2, attention and experts, looped four times with learned halting"},
       femto(),
       "vuaf-pico"},
      {{"vuaf-1-pico", "8.7M of the same"}, pico(), ""}};
  return list;
}

}  // namespace

Json vuaf_composition(const VuafCard& c, const std::string& group_norm, const std::string& where) {
  const ConfigPath path{where};
  const size_t layers = static_cast<size_t>(c.n_layers);
  for (const auto& [pattern, key] : {std::pair(&c.token_mix_pattern, "token_mix_pattern"),
                                     std::pair(&c.channel_mix_pattern, "channel_mix_pattern")})
    require(pattern->size() == layers, ErrorCode::usage, "{}: names {} layers, wanted n_layers, {}",
            path.key(key).text(), pattern->size(), layers);
  Json list = Json::array();
  for (size_t i = 0; i < layers; ++i)
    list.push_back(
        {{"mixer", mixer_of(c, c.token_mix_pattern[i], group_norm, path.key("token_mix_pattern").item(i))},
         {"feed", feed_of(c, c.channel_mix_pattern[i], path.key("channel_mix_pattern").item(i))}});
  Json loop = {{"steps", c.loop_steps}};
  if (c.loop_steps > 1)
    loop["halt"] = {{"initial_bias", c.halt_init_bias}, {"entropy_weight", c.entropy_reg_coef}};
  return {{"name", c.name},        {"width", c.d_model},
          {"vocab", c.vocab_size}, {"context", c.max_seq_len},
          {"norm_eps", 1e-6},      {"embed", {{"tied", c.tie_embeddings}}},
          {"layers", list},        {"join", {{"kind", "sum_norm"}}},
          {"loop", loop}};
}

Json expand_vuaf_preset(const Json& json, const std::string& where, std::optional<int64_t> vocab) {
  std::string name = json.at("preset").get<std::string>();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const VuafPreset& preset : all_presets()) {
    if (name != preset.info.name && (preset.older_name.empty() || name != preset.older_name)) continue;
    const ConfigPath path{where};
    VuafCard card = preset.card;
    if (vocab) card.vocab_size = *vocab;
    schema_of<VuafCard>().read(&card, json, path, {"preset", "group_norm", "halt"});
    const Json group_norm = json.value("group_norm", Json("token"));
    if (group_norm != "token" && group_norm != "sequence")
      fail_value(path.key("group_norm"), group_norm, "token or sequence");
    Json model = vuaf_composition(card, group_norm.get<std::string>(), where);
    if (model["loop"].contains("halt")) model["loop"]["halt"]["floor_share"] = kFloorShare;
    if (json.contains("halt")) {
      if (!json["halt"].is_object())
        fail_value(path.key("halt"), json["halt"], "an object of keys of loop.halt");
      model["loop"]["halt"].update(json["halt"]);
    }
    return model;
  }
  return nullptr;
}

const std::vector<PresetInfo>& vuaf_presets() {
  static const std::vector<PresetInfo> infos = [] {
    std::vector<PresetInfo> list;
    for (const VuafPreset& preset : all_presets()) list.push_back(preset.info);
    return list;
  }();
  return infos;
}

std::string vuaf_preset_markdown() {
  return config_markdown<VuafCard>("model.json with a preset of VUAF") +
         "\nBeside these, `group_norm` (token, or sequence as published) and `halt`, an object of keys of "
         "`loop.halt`.\n";
}

}  // namespace bantam
