#include "model/config.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/decoder.h"
#include "model/families.h"
#include "model/family/vuaf_card.h"
#include "model/parameter_count.h"
#include "model/stored_weights.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

std::string error_of(const char* json) {
  try {
    const ModelConfig config = parse_model(Json::parse(json), "model.json");
    const Decoder model(config, Device::meta, Dtype::f32);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.what();
  }
  return "";
}

TEST(ModelConfig, ErrorsSayWhereAndOfferTheNearestName) {
  EXPECT_THAT(error_of(R"({"preset": "qovaryx-50n"})"), HasSubstr("qovaryx-50m"));
  EXPECT_THAT(error_of(R"({"preset": "nano", "d_modle": 64})"), HasSubstr("d_model"));
  EXPECT_THAT(error_of(R"({"layers": []})"), HasSubstr("layers"));
  EXPECT_THAT(
      error_of(R"({"layers": [{"mixer": {"kind": "atention"}, "feed": {"kind": "swiglu", "width": 8}}]})"),
      HasSubstr("attention"));
  EXPECT_THAT(error_of(R"({"layers": [{"mixer": {"kind": "attention", "head": 4},
                                       "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("layers[0].mixer"));
  EXPECT_THAT(error_of(R"({"layers": [{"mixer": {"kind": "attention", "heads": 0},
                                       "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("heads"));
  EXPECT_THAT(error_of(R"({"width": 30, "layers": [{"mixer": {"kind": "attention", "heads": 4},
                                       "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("divide"));
  EXPECT_THAT(error_of(R"({"loop": {"steps": 1, "halt": {}},
                           "layers": [{"mixer": {"kind": "rwkv7"}, "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("loop"));
  EXPECT_THAT(error_of(R"({"preset": "quark-72m", "decision_head_enabled": true})"),
              HasSubstr("decision_head"));
}

TEST(ModelConfig, WhatIsWrittenReadsBackTheSame) {
  for (const PresetInfo& preset : presets()) {
    const Json full = to_json(parse_model({{"preset", preset.name}}, "preset"));
    EXPECT_EQ(to_json(parse_model(full, "model.json")), full) << preset.name;
  }
}

TEST(ModelConfig, APresetTakesTheTokenizersVocabularyUnlessTold) {
  EXPECT_EQ(parse_model({{"preset", "qovaryx-50m"}}, "p").vocab, 20242);
  EXPECT_EQ(parse_model({{"preset", "qovaryx-50m"}}, "p", 8192).vocab, 8192);
  EXPECT_EQ(parse_model({{"preset", "qovaryx-50m"}, {"vocab_size", 5000}}, "p", 8192).vocab, 5000);
}

TEST(Families, LlamaBothWays) {
  const ModelConfig config =
      parse_model({{"preset", "qovaryx-50m"}, {"mtp_k", 1}, {"decision_head", false}}, "p");
  Json llama;
  EXPECT_EQ(as_llama(config, llama), "");
  const FamilyModel back = read_family(llama, "config.json", false);
  EXPECT_EQ(back.family->name, "llama");
  Json again;
  EXPECT_EQ(as_llama(back.config, again), "");
  EXPECT_EQ(again, llama);
}

TEST(Families, WhatLlamaCannotSayIsNamed) {
  Json ignored;
  const auto reason = [&](const char* json) {
    return as_llama(parse_model(Json::parse(json), "m"), ignored);
  };
  EXPECT_THAT(reason(R"({"layers": [{"mixer": {"kind": "rwkv7"}, "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("rwkv7"));
  EXPECT_THAT(reason(R"({"join": {"kind": "sum_norm"},
                         "layers": [{"mixer": {"kind": "attention"}, "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("sum_norm"));
  const std::string dense =
      R"("layers": [{"mixer": {"kind": "attention"}, "feed": {"kind": "swiglu", "width": 8}}])";
  const auto beside = [&](const std::string& more) {
    return reason(("{" + more + ", " + dense + "}").c_str());
  };
  EXPECT_THAT(beside(R"("embed": {"memory": {"kind": "engram"}})"), HasSubstr("engram"));
  EXPECT_THAT(beside(R"("embed": {"value": true})"), HasSubstr("embedding"));
  EXPECT_THAT(beside(R"("refine": {"kind": "hrm"})"), HasSubstr("hrm"));
}

TEST(Families, ForeignFeaturesAreRefusedByName) {
  const auto refusal = [](Json change) {
    Json config = {{"model_type", "llama"},    {"hidden_size", 64},      {"intermediate_size", 96},
                   {"num_attention_heads", 4}, {"num_hidden_layers", 2}, {"vocab_size", 100}};
    config.update(change);
    try {
      read_family(config, "config.json", false);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(Json::object()), "");
  EXPECT_THAT(refusal({{"rope_scaling", {{"rope_type", "yarn"}}}}), HasSubstr("yarn"));
  EXPECT_THAT(refusal({{"hidden_act", "gelu"}}), HasSubstr("gelu"));
  EXPECT_THAT(refusal({{"model_type", "gpt_neox"}}), HasSubstr("gpt_neox"));
  EXPECT_THAT(refusal({{"hidden_size", "wide"}}), HasSubstr("hidden_size"));
  EXPECT_THAT(refusal({{"hidden_size", nullptr}}), HasSubstr("hidden_size"));
}

TEST(Families, RecurrentFeaturesAreRefusedByName) {
  const auto refusal = [](const char* type, Json change) {
    Json config = {{"model_type", type},      {"hidden_size", 64},   {"num_hidden_layers", 2},
                   {"vocab_size", 100},       {"num_heads", 8},      {"head_dim", 16},
                   {"a_low_rank_dim", 4},     {"v_low_rank_dim", 4}, {"gate_low_rank_dim", 4},
                   {"decay_low_rank_dim", 4}, {"n_groups", 2}};
    config.update(change);
    try {
      read_family(config, "config.json", false);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal("mamba2", Json::object()), "");
  EXPECT_EQ(refusal("mamba2", {{"time_step_limit", {0.001, {{"__float__", "Infinity"}}}}}), "");
  EXPECT_THAT(refusal("mamba2", {{"time_step_limit", {0.001, "much"}}}), HasSubstr("time_step_limit[1]"));
  EXPECT_THAT(refusal("mamba2", {{"time_step_limit", {0.001, {{"__float__", 5}}}}}),
              HasSubstr("time_step_limit[1]"));
  EXPECT_THAT(refusal("mamba2", {{"time_step_limit", 3}}), HasSubstr("time_step_limit"));
  EXPECT_THAT(refusal("mamba2", {{"head_dim", 15}}), HasSubstr("head_dim"));
  EXPECT_THAT(refusal("mamba2", {{"hidden_act", "gelu"}}), HasSubstr("gelu"));
  EXPECT_EQ(refusal("rwkv7", Json::object()), "");
  EXPECT_EQ(refusal("rwkv7", {{"num_hidden_layers", 1}}), "");
  EXPECT_THAT(refusal("rwkv7", {{"num_hidden_layers", 0}}), HasSubstr("repeat"));
  EXPECT_THAT(refusal("rwkv7", {{"attn", {{"layers", {1}}}}}), HasSubstr("attn"));
  EXPECT_THAT(refusal("rwkv7", {{"value_dim", {64, 128}}}), HasSubstr("value_dim"));
  EXPECT_THAT(refusal("rwkv7", {{"a_low_rank_dim", nullptr}}), HasSubstr("a_low_rank_dim"));
}

TEST(Families, VuafNamesMapBothRows) {
  const Json config = {{"name", "x"},
                       {"vocab_size", 160},
                       {"d_model", 32},
                       {"n_layers", 1},
                       {"token_mix_pattern", {"rwkv7"}},
                       {"channel_mix_pattern", {"swiglu"}},
                       {"rwkv_n_heads", 2},
                       {"rwkv_head_dim", 16}};
  const FamilyModel found = read_family(config, "config.json", false);
  EXPECT_EQ(found.family->theirs("model.layers.3.rwkv7.group_norm.bias"),
            "blocks.3.token_mix.module.group_norm.bias");
  EXPECT_EQ(found.family->theirs("model.layers.3.mlp.up_proj.weight"),
            "blocks.3.channel_mix.module.w2.weight");
  EXPECT_EQ(found.family->theirs("model.embed_tokens.weight"), "embed.weight");
  EXPECT_EQ(found.family->theirs("halt_head.proj.bias"), "halt_head.proj.bias");
  EXPECT_EQ(found.family->theirs("model.layers.3.mlp.experts.2.gate_proj.weight"),
            "blocks.3.channel_mix.module.experts.2.w1.weight");
}

TEST(Families, VuafKeepsQueriesKeysAndValuesInOneTensor) {
  const ModelConfig config = parse_model({{"preset", "vuaf-nano"}}, "p");
  const Decoder shapes(config, Device::meta, Dtype::f32);
  const Family* family = read_family({{"name", "x"},
                                      {"vocab_size", 8},
                                      {"token_mix_pattern", Json::array({"rwkv7"})},
                                      {"channel_mix_pattern", {"swiglu"}},
                                      {"n_layers", 1}},
                                     "c", false)
                             .family;
  const StoredLayout layout = stored_layout(parts_by_name(shapes), *family);
  const std::vector<NamedPart>& qkv = layout.at("blocks.2.token_mix.module.qkv.weight");
  ASSERT_EQ(qkv.size(), 3u);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(qkv[i].part->name, fmt::format("model.layers.2.self_attn.{}_proj.weight", "qkv"[i]));
  EXPECT_EQ(stored_shape(qkv), (std::vector<uint64_t>{3 * 96, 96}));
}

TEST(Families, VuafCardsAreRefusedByName) {
  const auto refusal = [](Json change) {
    Json config = {{"name", "x"},
                   {"vocab_size", 160},
                   {"token_mix_pattern", {"attn", "rwkv7"}},
                   {"channel_mix_pattern", {"moe", "swiglu"}},
                   {"n_layers", 2}};
    config.update(change);
    try {
      read_family(config, "config.json", false);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(Json::object()), "");
  EXPECT_THAT(refusal({{"token_mix_pattern", {"attn", "hyena"}}}),
              HasSubstr("token_mix_pattern[1]: \"hyena\""));
  EXPECT_THAT(refusal({{"channel_mix_pattern", {"moe", "none"}}}), HasSubstr("channel_mix_pattern[1]"));
  EXPECT_THAT(refusal({{"token_mix_pattern", {"attn"}}}), HasSubstr("n_layers"));
  EXPECT_THAT(refusal({{"token_mix_pattern", "attn"}}), HasSubstr("token_mix_pattern"));
  EXPECT_THAT(refusal({{"moe_top_k", 2}}), HasSubstr("moe_top_k"));
  EXPECT_THAT(refusal({{"attn_head_dim", 16}}), HasSubstr("attn_head_dim"));
  EXPECT_THAT(refusal({{"rwkv_n_heads", 3}}), HasSubstr("rwkv_n_heads"));
  EXPECT_THAT(refusal({{"d_modle", 96}}), HasSubstr("d_model"));
  EXPECT_THAT(refusal({{"vocab_size", nullptr}}), HasSubstr("vocab_size"));
  EXPECT_THAT(refusal({{"n_layers", 1 << 30}}), HasSubstr("n_layers"));
}

TEST(Presets, EscardaHasItsCardsSizes) {
  const auto count = [](Json json) {
    return count_parameters(Decoder(parse_model(json, "p"), Device::meta, Dtype::f32));
  };
  const ParameterCount whole = count({{"preset", "escarda-86m"}});
  EXPECT_EQ(whole.all, 85'656'196u);
  EXPECT_EQ(whole.inference, 84'918'275u);
  EXPECT_EQ(count({{"preset", "escarda-86m"}, {"engram_hash", "token"}}).all, 85'635'716u);
  EXPECT_EQ(count({{"preset", "escarda-86m"}, {"hc_dynamic", true}}).all, 85'983'972u);
  const ParameterCount mixtures = count({{"preset", "escarda-86m"}, {"use_moe", true}});
  EXPECT_EQ(mixtures.all, 454'357'636u);
  EXPECT_EQ(mixtures.all - (mixtures.inference - mixtures.active), 208'597'636u);
  EXPECT_THAT(error_of(R"({"preset": "escarda-86m", "hc_mutl": 3})"), HasSubstr("hc_mult"));
  EXPECT_THAT(error_of(R"({"preset": "escarda-86m", "engram_hash": "foo"})"),
              HasSubstr("engram_hash: is \"foo\""));
  EXPECT_THAT(error_of(R"({"preset": "escarda-86m", "scoring_func": "tanh"})"), HasSubstr("sqrtsoftplus"));
  EXPECT_EQ(count({{"preset", "vuaf-1-femto"}}).active, 1'575'893u);
}

// One key switches the kind; keys of another kind are refused and not ignored.
TEST(Presets, TheFeedForwardIsOneKey) {
  const auto feed = [](const Json& change) {
    Json json = {{"preset", "nano"}};
    json.update(change);
    return Json::parse(parse_model(json, "p").layers.at(5).feed.options);
  };
  EXPECT_EQ(feed({{"ffn_kind", "lowrank_swiglu"}})["rank"], 128);
  EXPECT_EQ(feed({{"ffn_kind", "lowrank_swiglu"}, {"ffn_rank", 24}})["rank"], 24);
  const Json routed = feed({{"ffn_kind", "routed_lowrank_swiglu"},
                            {"ffn_rank", 24},
                            {"ffn_experts", 8},
                            {"ffn_top_k", 2},
                            {"ffn_router_z_weight", 0.002}});
  EXPECT_EQ(routed["width"], 512);
  EXPECT_EQ(routed["rank"], 24);
  EXPECT_EQ(routed["experts"], 8);
  EXPECT_EQ(routed["per_token"], 2);
  EXPECT_EQ(routed["balance_weight"], 0.01);
  EXPECT_EQ(routed["router_z_weight"], 0.002);
  EXPECT_THAT(error_of(R"({"preset": "nano", "ffn_rank": 24})"), HasSubstr("ffn_rank"));
  EXPECT_THAT(error_of(R"({"preset": "nano", "ffn_kind": "lowrank_swiglu", "ffn_experts": 4})"),
              HasSubstr("routed_lowrank_swiglu"));
  EXPECT_THAT(error_of(R"({"preset": "nano", "ffn_kind": "lowrank_swigul"})"), HasSubstr("lowrank_swiglu"));
}

// A token runs through its own experts' factors and nobody else's.
TEST(Presets, RoutedExpertsAreCountedOnce) {
  const auto count = [](const Json& change) {
    Json json = {{"preset", "nano"}, {"ffn_rank", 16}};
    json.update(change);
    return count_parameters(Decoder(parse_model(json, "p"), Device::meta, Dtype::f32));
  };
  const ParameterCount dense = count({{"ffn_kind", "lowrank_swiglu"}}),
                       routed = count({{"ffn_kind", "routed_lowrank_swiglu"}, {"ffn_top_k", 2}});
  const uint64_t factors = 6 * 3 * 16 * (192 + 512), router = 6 * 4 * 192;
  EXPECT_EQ(routed.all, dense.all + 3 * factors + router);
  EXPECT_EQ(routed.active, dense.active + factors + router);
}

// models/escarda.md section 9: every map of a new model is N(0, 0.02²), but for the heads further ahead, which begin at zero.
TEST(Presets, EscardaBeginsAsItsCardSays) {
  for (const bool mixtures : {false, true}) {
    Json preset = {{"preset", "escarda-nano"}, {"use_moe", mixtures}, {"num_hidden_layers", 2}};
    if (mixtures) preset.update({{"moe_intermediate_size", 64}, {"num_hash_layers", 1}});
    Decoder model(parse_model(preset, "p"), Device::cpu, Dtype::f32);
    model.initialise(3);
    size_t maps = 0;
    for (const auto& [name, named] : parts_by_name(model)) {
      if (!named.weight->decays || name.starts_with("mtp_heads")) continue;
      const float* values = named.weight->master.mat().row<float>(0) + named.part->offset;
      const double count = static_cast<double>(named.part->count);
      double squares = 0, largest = 0;
      for (size_t i = 0; i < named.part->count; ++i) {
        squares += double{values[i]} * values[i];
        largest = std::max(largest, std::abs(double{values[i]}));
      }
      EXPECT_NEAR(std::sqrt(squares / count), 0.02, 0.02 * 4 / std::sqrt(2 * count)) << name;
      EXPECT_GT(largest, 0.045) << name;  // a uniform one would end at 0.035
      ++maps;
    }
    EXPECT_GT(maps, 15u);
  }
}

TEST(Families, VuafBothWays) {
  for (const PresetInfo& preset : vuaf_presets()) {
    const ModelConfig config = parse_model({{"preset", preset.name}}, "p");
    VuafCard card;
    EXPECT_EQ(as_vuaf(config, card), "") << preset.name;
    const FamilyModel back = read_family(write_config(card), "config.json", false);
    VuafCard again;
    EXPECT_EQ(as_vuaf(back.config, again), "");
    EXPECT_EQ(write_config(again), write_config(card)) << preset.name;
    EXPECT_EQ(back.config.loop.halt->floor_share, 0);  // a matter of training that VUAF does not know
  }
}

TEST(Families, HowAModelBeganIsNoMatterOfVuafs) {
  ModelConfig config = parse_model({{"preset", "vuaf-nano"}}, "p");
  VuafCard card, same;
  ASSERT_EQ(as_vuaf(config, card), "");
  for (LayerConfig& layer : config.layers) {
    Json options = Json::parse(layer.feed.options);
    options["initial_deviation"] = 0.02;
    layer.feed.options = options.dump();
  }
  EXPECT_EQ(as_vuaf(config, same), "");
  EXPECT_EQ(write_config(same), write_config(card));
}

TEST(Families, WhatVuafCannotSayIsNamed) {
  const auto reason = [](const std::string& change) {
    Json json = to_json(parse_model({{"preset", "vuaf-nano"}}, "p"));
    json.merge_patch(Json::parse(change));
    VuafCard card;
    return as_vuaf(parse_model(json, "m"), card);
  };
  EXPECT_EQ(reason("{}"), "");
  EXPECT_THAT(reason(R"({"join": {"kind": "residual"}})"), HasSubstr("join"));
  EXPECT_THAT(reason(R"({"norm_eps": 1e-5})"), HasSubstr("norm_eps is 1e-05, VUAF has 1e-06"));
  EXPECT_THAT(reason(R"({"loop": {"halt": null}})"), HasSubstr("halt"));
  const auto with_layer = [&](const Json& mixer, const Json& feed) {
    return reason(Json{{"layers", Json::array({{{"mixer", mixer}, {"feed", feed}}})}}.dump());
  };
  const Json swiglu = {{"kind", "swiglu"}, {"width", 64}}, attention = {{"kind", "attention"}, {"heads", 4}};
  EXPECT_EQ(with_layer(attention, swiglu), "");
  EXPECT_THAT(with_layer({{"kind", "mamba2_published"}}, swiglu), HasSubstr("mamba2_published"));
  EXPECT_THAT(with_layer(attention, {{"kind", "rwkv7_channel_mix"}, {"width", 64}}),
              HasSubstr("rwkv7_channel_mix"));
  EXPECT_THAT(with_layer({{"kind", "attention"}, {"heads", 4}, {"kv_heads", 2}}, swiglu),
              HasSubstr("kv_heads"));
  EXPECT_THAT(with_layer({{"kind", "attention"}, {"heads", 4}, {"rope_base", 0}}, swiglu),
              HasSubstr("rope_base"));
  EXPECT_THAT(with_layer(attention, {{"kind", "mixture"}, {"width", 64}, {"per_token", 2}}),
              HasSubstr("per_token"));
}

TEST(Presets, VuafHasItsCardsSizes) {
  const auto parameters = [](Json json) {
    return Decoder(parse_model(json, "p"), Device::meta, Dtype::f32).parameters();
  };
  EXPECT_EQ(parameters({{"preset", "vuaf-1-femto"}}), 2'460'629u);
  EXPECT_EQ(parameters({{"preset", "VUAF-Pico"}}), 2'460'629u);  // what Femto was called before
  EXPECT_EQ(parameters({{"preset", "vuaf-1-pico"}}), 8'723'369u);
  const Decoder femto(parse_model({{"preset", "vuaf-1-femto"}}, "p"), Device::meta, Dtype::f32);
  EXPECT_EQ(count_parameters(femto).active, 1'575'893u);  // one expert of four
  EXPECT_EQ(to_json(parse_model({{"preset", "vuaf-1-femto"}}, "p"))["layers"][0]["mixer"]["group_norm"],
            "token");
  EXPECT_EQ(to_json(parse_model({{"preset", "vuaf-1-femto"}, {"group_norm", "sequence"}},
                                "p"))["layers"][0]["mixer"]["group_norm"],
            "sequence");
  EXPECT_EQ(
      parse_model({{"preset", "vuaf-nano"}, {"halt", {{"objective", "gain"}}}}, "p").loop.halt->objective,
      HaltObjective::gain);
  EXPECT_THAT(error_of(R"({"preset": "vuaf-nano", "halt": {"objektive": "gain"}})"), HasSubstr("objective"));
  EXPECT_THAT(error_of(R"({"preset": "vuaf-1-femto", "group_norm": "row"})"), HasSubstr("group_norm"));
  EXPECT_THAT(error_of(R"({"preset": "vuaf-1-femto", "d_modle": 64})"), HasSubstr("d_model"));
  EXPECT_THAT(error_of(R"({"preset": "vuaf-1-femtp"})"), HasSubstr("vuaf-1-femto"));
}

}  // namespace
}  // namespace bantam
