#include "model/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/decoder.h"
#include "model/families.h"

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
  EXPECT_THAT(error_of(R"({"layers": [{"mixer": {"kind": "atention"}, "feed": {"kind": "swiglu", "width": 8}}]})"),
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
  EXPECT_THAT(error_of(R"({"preset": "quark-72m", "decision_head_enabled": true})"), HasSubstr("decision_head"));
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
  const ModelConfig config = parse_model({{"preset", "qovaryx-50m"}, {"mtp_k", 1}, {"decision_head", false}}, "p");
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
  const auto reason = [&](const char* json) { return as_llama(parse_model(Json::parse(json), "m"), ignored); };
  EXPECT_THAT(reason(R"({"layers": [{"mixer": {"kind": "rwkv7"}, "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("rwkv7"));
  EXPECT_THAT(reason(R"({"join": {"kind": "sum_norm"},
                         "layers": [{"mixer": {"kind": "attention"}, "feed": {"kind": "swiglu", "width": 8}}]})"),
              HasSubstr("sum_norm"));
}

TEST(Families, ForeignFeaturesAreRefusedByName) {
  const auto refusal = [](Json change) {
    Json config = {{"model_type", "llama"},       {"hidden_size", 64},      {"intermediate_size", 96},
                   {"num_attention_heads", 4},    {"num_hidden_layers", 2}, {"vocab_size", 100}};
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
    Json config = {{"model_type", type},    {"hidden_size", 64},       {"num_hidden_layers", 2}, {"vocab_size", 100},
                   {"num_heads", 8},        {"head_dim", 16},          {"a_low_rank_dim", 4},    {"v_low_rank_dim", 4},
                   {"gate_low_rank_dim", 4}, {"decay_low_rank_dim", 4}, {"n_groups", 2}};
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
  EXPECT_THAT(refusal("mamba2", {{"time_step_limit", {0.001, {{"__float__", 5}}}}}), HasSubstr("time_step_limit[1]"));
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
                       {"token_mix_pattern", {"rwkv7"}},
                       {"channel_mix_pattern", {"swiglu"}},
                       {"rwkv_n_heads", 2},
                       {"rwkv_head_dim", 16}};
  const FamilyModel found = read_family(config, "config.json", false);
  EXPECT_EQ(found.family->theirs("model.layers.3.rwkv7.group_norm.bias"), "blocks.3.token_mix.module.group_norm.bias");
  EXPECT_EQ(found.family->theirs("model.layers.3.mlp.up_proj.weight"), "blocks.3.channel_mix.module.w2.weight");
  EXPECT_EQ(found.family->theirs("model.embed_tokens.weight"), "embed.weight");
  EXPECT_EQ(found.family->theirs("halt_head.proj.bias"), "halt_head.proj.bias");
}

}  // namespace
}  // namespace bantam
