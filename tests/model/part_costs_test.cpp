#include "model/part_costs.h"

#include <gtest/gtest.h>

#include "model/tiny_models.h"

namespace bantam {
namespace {

ModelConfig preset(const char* name) { return parse_model({{"preset", name}}, name); }

// The tensors' names say the same of who holds what as the parts that were made alone.
TEST(PartCosts, ParametersAreThoseOfTheNamedTensors) {
  std::vector<ModelConfig> configs = {testing::tiny_dense(), testing::tiny_looped(),
                                      testing::tiny_recurrent()};
  for (const PresetInfo& info : presets()) configs.push_back(preset(info.name.c_str()));
  for (const ModelConfig& config : configs) {
    const PartCosts costs = count_part_costs(config);
    const auto sum_of = [&costs](const std::vector<std::string>& names) {
      uint64_t sum = 0;
      for (const auto& [part, count] : costs.parameters.parts)
        for (const std::string& name : names) sum += part == name ? count : 0;
      return sum;
    };
    uint64_t mixers = 0, feeds = 0;
    for (const LayerCosts& layer : costs.layers)
      mixers += layer.mixer.parameters, feeds += layer.feed.parameters;
    EXPECT_EQ(mixers, sum_of({"layers.self_attn", "layers.mamba2", "layers.rwkv7"})) << config.name;
    EXPECT_EQ(feeds, sum_of({"layers.mlp"})) << config.name;
    EXPECT_EQ(costs.memory.parameters, sum_of({"engram"})) << config.name;
    EXPECT_EQ(costs.refinement.parameters, sum_of({"hrm_refine"})) << config.name;
    EXPECT_EQ(costs.joins.parameters, sum_of({"layers.norm", "layers.hyper_mixer", "layers.hyper_feed",
                                              "layers.ve_gate", "stream_mix"}))
        << config.name;
    EXPECT_EQ(costs.parameters.all, count_parameters(Decoder(config, Device::meta, Dtype::f32)).all);
  }
}

TEST(PartCosts, FlopsOfADenseModel) {
  const PartCosts costs = count_part_costs(preset("nano"));
  constexpr double kWidth = 192, kHead = 32, kHeads = 6, kGroups = 2, kFeed = 512, kTokens = 512;
  EXPECT_EQ(costs.tokens, 512u);
  ASSERT_EQ(costs.layers.size(), 6u);
  const double products = 2 * kWidth * (kHeads + 2 * kGroups) * kHead + 2 * kHeads * kHead * kWidth;
  const double pairs = (kTokens + 1) / 2;  // keys that a query sees, on average
  const double attention = 4 * pairs * kHeads * kHead, turns = 3 * (kHeads + kGroups) * kHead;
  double all = 2 * kWidth * 4096;
  EXPECT_DOUBLE_EQ(costs.output.flops, all);
  for (const LayerCosts& layer : costs.layers) {
    EXPECT_DOUBLE_EQ(layer.mixer.flops, products + attention + turns);
    EXPECT_DOUBLE_EQ(layer.feed.flops, 2 * 3 * kWidth * kFeed);
    all += layer.mixer.flops + layer.feed.flops;
  }
  EXPECT_DOUBLE_EQ(costs.flops, all);
}

// What is left of the whole decoder is the joins' own work: none for a sum, the mixes for several streams.
TEST(PartCosts, WhatIsLeftIsTheJoins) {
  for (const ModelConfig& config : {testing::tiny_dense(), testing::tiny_looped(), testing::tiny_recurrent(),
                                    preset("vuaf-1-femto"), preset("qovaryx-3b")})
    EXPECT_EQ(count_part_costs(config).joins.flops, 0) << config.name;
  constexpr double kStreams = 2, kWidth = 640, kBranches = 32;
  const double read = 2 * kStreams * kWidth, write = 2 * (kStreams * kStreams + kStreams) * kWidth;
  EXPECT_DOUBLE_EQ(count_part_costs(preset("escarda-86m")).joins.flops, kBranches * (read + write) + read);
}

TEST(PartCosts, ALoopRunsItsLayersAgainAndReadsOutAtEveryStep) {
  const PartCosts costs = count_part_costs(testing::tiny_looped());
  double layers = 0;
  for (const LayerCosts& layer : costs.layers) layers += layer.mixer.flops + layer.feed.flops;
  EXPECT_DOUBLE_EQ(costs.halting.flops, 2 * 24);  // one exit before the last
  EXPECT_DOUBLE_EQ(costs.flops, 2 * layers + costs.halting.flops + costs.output.flops);

  ModelConfig refined = testing::tiny_looped();
  refined.refine = PartConfig{"hrm", R"({"kind": "hrm", "rank": 9, "steps": 2})"};
  const PartCosts with = count_part_costs(refined);
  EXPECT_DOUBLE_EQ(with.refinement.flops, 2 * 2 * 2 * (2 * 24 * 9 + 9 * 24));  // exits, passes, multiply-adds
  EXPECT_DOUBLE_EQ(with.flops, costs.flops + with.refinement.flops);
  EXPECT_EQ(with.halting.flops, costs.halting.flops);
}

TEST(PartCosts, ALongContextIsCountedOverItsFirstTokens) {
  ModelConfig config = testing::tiny_dense();
  config.context = 1 << 20;
  EXPECT_EQ(count_part_costs(config).tokens, 4096u);
}

}  // namespace
}  // namespace bantam
