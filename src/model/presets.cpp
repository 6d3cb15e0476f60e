#include "model/presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/describe.h"
#include "model/config.h"
#include "model/family/escarda_card.h"
#include "model/family/vuaf_card.h"

namespace bantam {

constexpr const char *kLowrank = "lowrank_swiglu", *kRouted = "routed_lowrank_swiglu";

// A dense decoder by the names of the Qovaryx and Quark cards.
struct Card {
  int64_t d_model = 512, n_layer = 12, n_head = 8, n_kv_head = 2, d_ff = 1408, vocab_size = 20242,
          max_seq_len = 4096;
  std::string ffn_kind = "swiglu";
  std::optional<int64_t> ffn_rank, ffn_experts, ffn_top_k;
  std::optional<double> ffn_balance_weight, ffn_router_z_weight;
  int64_t mtp_k = 1;
  bool decision_head = false, decision_head_enabled = false;
  int64_t decision_classes = 4;
  bool chart_patch_encoder_enabled = false;
  std::optional<int64_t> image_size, patch_size;
  double rope_theta = 10000, norm_eps = 1e-5;
  bool tie_embeddings = true;
};

Schema schema(const Card*) {
  using C = Card;
  return describe<C>(
      "Overrides of a preset, by the model cards' names.", field<&C::d_model>("Width.", range(2, 65536)),
      field<&C::n_layer>("Layers.", range(1, 1024)), field<&C::n_head>("Query heads.", range(1, 1024)),
      field<&C::n_kv_head>("Key/value heads.", range(1, 1024)),
      field<&C::d_ff>("Hidden width.", range(1, 1 << 20)),
      field<&C::vocab_size>("Vocabulary; without it a preset takes the tokenizer's.", range(2, 1 << 20)),
      field<&C::max_seq_len>("Context.", range(2, 1 << 20)),
      field<&C::ffn_kind>("Kind of the feed-forward: swiglu, ternary_swiglu, lowrank_swiglu, "
                          "routed_lowrank_swiglu, or any feed that takes a width."),
      field<&C::ffn_rank>("Rank of a low-rank feed-forward; 128 if absent.", range(1, 1 << 20)),
      field<&C::ffn_experts>("Experts of a routed one; 4 if absent.", range(2, 1024)),
      field<&C::ffn_top_k>("Experts of a token; 1 if absent.", range(1, 1024)),
      field<&C::ffn_balance_weight>("Of a routed one's balance loss; 0.01 if absent.", range(0, 10)),
      field<&C::ffn_router_z_weight>("Of its router's z-loss; 0.001 if absent.", range(0, 10)),
      field<&C::mtp_k>("Tokens predicted ahead.", range(1, 16)),
      field<&C::decision_head>("Whether the classification head has tensors."),
      field<&C::decision_head_enabled>("Whether it adds its losses."),
      field<&C::decision_classes>("Its classes.", range(2, 1024)),
      field<&C::chart_patch_encoder_enabled>("Whether images can stand before a row's text."),
      field<&C::image_size>("Pixels of an image's side; 224 if absent.", range(1, 1024)),
      field<&C::patch_size>("Pixels of a patch's side, a divisor of it; 16 if absent.", range(1, 256)),
      field<&C::rope_theta>("Base of the rotary positions.", range(1, 1e9)),
      field<&C::norm_eps>("Added under the root of every RMSNorm.", range(0, 0.1)),
      field<&C::tie_embeddings>("The output projection is the embedding table itself."),
      rule<C>([](const C& c) {
        return c.d_model % (2 * c.n_head) == 0
                   ? ""
                   : fmt::format(
                         "n_head: {} heads do not share a d_model of {} in even widths; "
                         "wanted a d_model that 2 · n_head divides, as {}",
                         c.n_head, c.d_model,
                         std::max<int64_t>(1, c.d_model / (2 * c.n_head)) * 2 * c.n_head);
      }),
      rule<C>([](const C& c) { return c.decision_head || !c.decision_head_enabled; },
              "decision_head_enabled: this preset has no decision head; set decision_head: true as well"),
      rule<C>([](const C& c) { return c.chart_patch_encoder_enabled || (!c.image_size && !c.patch_size); },
              "image_size, patch_size: belong to chart_patch_encoder_enabled: true"),
      rule<C>([](const C& c) { return !c.ffn_rank || c.ffn_kind == kLowrank || c.ffn_kind == kRouted; },
              "ffn_rank: belongs to ffn_kind lowrank_swiglu or routed_lowrank_swiglu"),
      rule<C>(
          [](const C& c) {
            return c.ffn_kind == kRouted ||
                   !(c.ffn_experts || c.ffn_top_k || c.ffn_balance_weight || c.ffn_router_z_weight);
          },
          "ffn_experts, ffn_top_k, ffn_balance_weight, ffn_router_z_weight: belong to ffn_kind "
          "routed_lowrank_swiglu"));
}

namespace {

struct Preset {
  PresetInfo info;
  Card card;
};

Card qovaryx(int64_t width, int64_t layers, int64_t heads, int64_t kv_heads, int64_t ff, int64_t vocab) {
  Card c;
  c.d_model = width, c.n_layer = layers, c.n_head = heads, c.n_kv_head = kv_heads, c.d_ff = ff,
  c.vocab_size = vocab;
  c.mtp_k = 4;
  c.decision_head = true;
  return c;
}

Card quark() {
  Card c;
  c.n_layer = 14, c.d_ff = 1344, c.vocab_size = 65538, c.max_seq_len = 2048;
  return c;
}

Card nano() {
  Card c;
  c.d_model = 192, c.n_layer = 6, c.n_head = 6, c.n_kv_head = 2, c.d_ff = 512, c.vocab_size = 4096,
  c.max_seq_len = 512;
  return c;
}

Json feed_of(const Card& c) {
  Json feed = {{"kind", c.ffn_kind}, {"width", c.d_ff}};
  if (c.ffn_rank) feed["rank"] = *c.ffn_rank;
  if (c.ffn_experts) feed["experts"] = *c.ffn_experts;
  if (c.ffn_top_k) feed["per_token"] = *c.ffn_top_k;
  if (c.ffn_balance_weight) feed["balance_weight"] = *c.ffn_balance_weight;
  if (c.ffn_router_z_weight) feed["router_z_weight"] = *c.ffn_router_z_weight;
  return feed;
}

const std::vector<Preset>& all_presets() {
  static const std::vector<Preset> list = {
      {{"nano", "3.2M: trains on 2 cores in minutes"}, nano()},
      {{"qovaryx-50m", "47M dense decoder, 4 tokens ahead, decision head"},
       qovaryx(512, 12, 8, 2, 1408, 20242)},
      {{"qovaryx-350m", "304M of the same"}, qovaryx(1024, 24, 16, 4, 2816, 20242)},
      {{"qovaryx-1b", "1.07B of the same"}, qovaryx(2048, 22, 16, 4, 5504, 20242)},
      {{"qovaryx-3b", "3.07B of the same"}, qovaryx(2944, 32, 16, 4, 7680, 32000)},
      {{"quark-72m", "72M dense decoder for chat, large vocabulary"}, quark()}};
  return list;
}

}  // namespace

std::string preset_markdown() { return config_markdown<Card>("model.json with a preset"); }

const std::vector<PresetInfo>& presets() {
  static const std::vector<PresetInfo> infos = [] {
    std::vector<PresetInfo> list;
    for (const Preset& preset : all_presets()) list.push_back(preset.info);
    list.insert(list.end(), vuaf_presets().begin(), vuaf_presets().end());
    list.insert(list.end(), escarda_presets().begin(), escarda_presets().end());
    return list;
  }();
  return infos;
}

Json expand_preset(const Json& json, const std::string& where, std::optional<int64_t> vocab) {
  const ConfigPath path{where};
  const Json& name = json.at("preset");
  if (!name.is_string()) fail_value(path.key("preset"), name, "the name of a preset");
  if (const Json streams = expand_escarda_preset(json, where, vocab); !streams.is_null()) return streams;
  if (const Json looped = expand_vuaf_preset(json, where, vocab); !looped.is_null()) return looped;
  const Preset* found = nullptr;
  std::vector<std::string> names;
  for (const PresetInfo& info : presets()) names.push_back(info.name);
  for (const Preset& preset : all_presets())
    if (preset.info.name == name.get<std::string>()) found = &preset;
  if (found == nullptr) {
    const std::string near = nearest_name(name.get<std::string>(), names);
    fail(ErrorCode::usage, "{}: there is no preset \"{}\"{}; wanted one of: {}", path.key("preset").text(),
         name.get<std::string>(), near.empty() ? "" : " (did you mean \"" + near + "\"?)",
         fmt::join(names, ", "));
  }
  Card c = found->card;
  if (vocab) c.vocab_size = *vocab;
  schema_of<Card>().read(&c, json, path, {"preset"});

  Json model = {{"name", found->info.name}, {"width", c.d_model},
                {"vocab", c.vocab_size},    {"context", c.max_seq_len},
                {"norm_eps", c.norm_eps},   {"embed", {{"tied", c.tie_embeddings}}}};
  Json mixer = {
      {"kind", "attention"}, {"heads", c.n_head}, {"kv_heads", c.n_kv_head}, {"rope_base", c.rope_theta}};
  model["layers"] = Json::array({{{"mixer", mixer}, {"feed", feed_of(c)}, {"repeat", c.n_layer}}});
  model["heads"]["mtp"]["k"] = c.mtp_k;
  if (c.chart_patch_encoder_enabled) {
    model["embed"]["patches"] = Json::object();
    if (c.image_size) model["embed"]["patches"]["image_size"] = *c.image_size;
    if (c.patch_size) model["embed"]["patches"]["patch_size"] = *c.patch_size;
  }
  if (c.decision_head)
    model["heads"]["decision"] = {{"enabled", c.decision_head_enabled}, {"classes", c.decision_classes}};
  return model;
}

}  // namespace bantam
