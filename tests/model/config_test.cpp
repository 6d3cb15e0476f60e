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
  EXPECT_THAT(error_of(R"({"layers": [{"mixer": {"kind": "attention"},
                                       "feed": {"kind": "mixture", "width": 8, "bias_rate": 0.1}}]})"),
              HasSubstr("biased: true"));
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

Json llama_config(const Json& change) {
  Json config = {{"model_type", "llama"},         {"hidden_size", 64},      {"intermediate_size", 96},
                 {"num_attention_heads", 4},      {"num_hidden_layers", 4}, {"vocab_size", 100},
                 {"max_position_embeddings", 256}};
  config.update(change);
  return config;
}
Json mixers_of(const Json& config) {
  Json mixers = Json::array();
  for (const LayerConfig& layer : read_family(config, "config.json", false).config.layers)
    mixers.push_back(Json::parse(layer.mixer.options));
  return mixers;
}

TEST(Families, RotaryScalingInOldAndNewSpelling) {
  const Json llama3 = {{"factor", 8.0},
                       {"low_freq_factor", 1.0},
                       {"high_freq_factor", 4.0},
                       {"original_max_position_embeddings", 64}};
  Json old_form = llama3, new_form = llama3;
  old_form["type"] = "llama3";
  new_form.update({{"rope_type", "llama3"}, {"rope_theta", 5e5}});
  const Json from_old = mixers_of(llama_config({{"rope_theta", 5e5}, {"rope_scaling", old_form}}));
  EXPECT_EQ(from_old, mixers_of(llama_config({{"rope_parameters", new_form}})));
  EXPECT_EQ(from_old[3]["rope_base"], 5e5);
  EXPECT_EQ(from_old[3]["rope_scaling"]["type"], "llama3");
  EXPECT_EQ(from_old[3]["rope_scaling"]["original_context"], 64);

  const auto yarn = [](Json more) {
    more.update({{"rope_type", "yarn"}, {"original_max_position_embeddings", 64}, {"factor", 4.0}});
    return mixers_of(llama_config({{"rope_parameters", more}}))[0]["rope_scaling"]["attention_factor"]
        .get<double>();
  };
  EXPECT_NEAR(yarn(Json::object()), 0.1 * std::log(4.0) + 1, 1e-12);
  EXPECT_EQ(yarn({{"attention_factor", 0.5}}), 0.5);
  EXPECT_NEAR(yarn({{"mscale", 1.0}, {"mscale_all_dim", 1.0}}), 1, 1e-12);
  EXPECT_FALSE(mixers_of(llama_config({{"rope_scaling", nullptr}}))[0].contains("rope_scaling"));
}

TEST(Families, WindowsAndLayersWithoutPositions) {
  const auto windows = [](const Json& change) {
    std::vector<int> all;
    for (const Json& mixer : mixers_of(llama_config(change))) all.push_back(mixer["window"].get<int>());
    return all;
  };
  using Windows = std::vector<int>;
  EXPECT_EQ(windows({{"model_type", "mistral"}, {"sliding_window", 8}}), Windows({8, 8, 8, 8}));
  EXPECT_EQ(windows({{"model_type", "mistral"}, {"sliding_window", nullptr}}), Windows(4, 0));
  EXPECT_EQ(windows({{"model_type", "mistral"}}), Windows(4, 4096));  // as its class has it
  const Json qwen = {{"model_type", "qwen2"}, {"sliding_window", 8}};
  EXPECT_EQ(windows(qwen), Windows(4, 0));
  Json used = qwen;
  used.update({{"use_sliding_window", true}, {"max_window_layers", 3}});
  EXPECT_EQ(windows(used), Windows({0, 0, 0, 8}));
  used["layer_types"] = {"sliding_attention", "full_attention", "sliding_attention", "full_attention"};
  EXPECT_EQ(windows(used), Windows({8, 0, 8, 0}));

  const Json nope = mixers_of(llama_config({{"model_type", "smollm3"}}));
  EXPECT_EQ(nope[2]["rope_base"], 2e6);
  EXPECT_EQ(nope[3]["rope_base"], 0);
  EXPECT_EQ(
      mixers_of(llama_config({{"model_type", "smollm3"}, {"no_rope_layers", {0, 1, 1, 1}}}))[0]["rope_base"],
      0);
  const Json qwen2 = mixers_of(llama_config({{"model_type", "qwen2"}}))[0];
  EXPECT_EQ(qwen2["qkv_bias"], true);
  EXPECT_EQ(qwen2["bias"], false);
  EXPECT_EQ(mixers_of(llama_config({{"model_type", "qwen3"}}))[0]["qk_norm"], true);
}

// Each class of transformers that we write is read back as the same model.
TEST(Families, TheLlamaClassBothWays) {
  const std::vector<std::pair<Json, std::string>> cases = {
      {{{"attention_bias", true}, {"mlp_bias", true}}, "llama"},
      {{{"rope_scaling", {{"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 64}}}},
       "llama"},
      {{{"rope_scaling", {{"rope_type", "linear"}, {"factor", 2.0}}}}, "llama"},
      {{{"model_type", "mistral"}, {"sliding_window", 8}}, "mistral"},
      {{{"model_type", "qwen2"},
        {"sliding_window", 8},
        {"use_sliding_window", true},
        {"max_window_layers", 2}},
       "qwen2"},
      {{{"model_type", "qwen3"}, {"head_dim", 16}, {"attention_bias", true}}, "qwen3"},
      {{{"model_type", "smollm3"}, {"attention_bias", true}}, "smollm3"}};
  for (const auto& [change, type] : cases) {
    const ModelConfig model = read_family(llama_config(change), "config.json", false).config;
    Json written;
    EXPECT_EQ(as_llama(model, written), "");
    EXPECT_EQ(written["model_type"], type);
    const Json back = mixers_of(written);
    for (size_t i = 0; i < model.layers.size(); ++i) {
      Json want = Json::parse(model.layers[i].mixer.options);
      if (want["head_width"] == 0) want["head_width"] = 16;  // what was left open is said
      EXPECT_EQ(back[i], want) << type;
    }
  }
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
  EXPECT_THAT(refusal({{"rope_scaling", {{"rope_type", "dynamic"}}}}), HasSubstr("dynamic"));
  EXPECT_THAT(refusal({{"hidden_act", "gelu"}}), HasSubstr("gelu"));
  EXPECT_THAT(refusal({{"model_type", "gpt_neox"}}), HasSubstr("gpt_neox"));
  EXPECT_THAT(refusal({{"model_type", "qwen3_moe"}}), HasSubstr("qwen3_moe"));
  EXPECT_THAT(refusal({{"model_type", "mistrall"}}), HasSubstr("the nearest is \"mistral\""));
  EXPECT_THAT(refusal({{"model_type", nullptr}}), HasSubstr("model_type"));
  EXPECT_THAT(refusal({{"sliding_window", 8}}), HasSubstr("sliding_window"));
  EXPECT_THAT(refusal({{"num_hidden_layers", 1 << 30}}), HasSubstr("num_hidden_layers"));
  EXPECT_THAT(refusal({{"rope_parameters", {{"rope_type", "llama3"}}}}), HasSubstr("low_freq_factor"));
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
