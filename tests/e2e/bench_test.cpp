// The benchmarks as they are called by hand and by bench/peers: what they print, not how fast this machine is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/safetensors.h"
#include "run_program.h"

namespace bantam {
namespace {

Json figures(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "bench");
  arguments.push_back("--json");
  const ProgramResult result = run_program(arguments);
  EXPECT_EQ(result.code, 0) << result.err;
  return parse_json(result.out, "stdout");
}

TEST(Bench, ATrainingStepTakesNoMemoryFromTheSystemAfterTheFirst) {
  const Json train = figures({"train", "--preset", "nano", "--batch", "2", "--length", "64", "--steps", "3"});
  EXPECT_EQ(train["system_calls_after_first_step"], 0);
  EXPECT_GT(train["tokens_per_second"].get<double>(), 0);
  EXPECT_GT(train["memory_bytes"].get<double>(), 4 * 4 * train["parameters"].get<double>());
}

TEST(Bench, DecodingIsHeldAgainstBandwidthAndANeighbour) {
  const Json decode =
      figures({"decode", "--preset", "nano", "--tokens", "8", "--rounds", "1", "--neighbour"});
  EXPECT_GT(decode["share_of_bandwidth"].get<double>(), 0);
  EXPECT_GT(decode["beside_a_neighbour"]["all_threads"].get<double>(), 0);
  EXPECT_GT(decode["beside_a_neighbour"]["one_thread"].get<double>(), 0);
}

TEST(Bench, AMixerIsTimedAtSeveralLengthsAndWritesAStep) {
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / "bench_mixer.safetensors";
  const ProgramResult result = run_program(
      {"bench", "mixer", "--mixer", R"({"kind": "rwkv7", "heads": 2, "rank": 4})", "--width", "24", "--batch",
       "2", "--length", "32,64", "--steps", "3", "--dtype", "f32", "--out", file.string(), "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const size_t end = result.out.find('\n');
  const Json first = parse_json(result.out.substr(0, end), "line 1"),
             second = parse_json(result.out.substr(end), "line 2");
  EXPECT_EQ(first["length"], 32);
  EXPECT_EQ(second["length"], 64);
  EXPECT_EQ(second["seconds"].size(), 3);
  EXPECT_EQ(first["mixer"]["group_norm"], "token");
  const SafetensorsFile written(file);
  EXPECT_EQ(written.find("y")->shape, (std::vector<uint64_t>{64, 24}));
  EXPECT_EQ(written.find("gradients.rwkv7.W_r.weight")->shape,
            written.find("weights.rwkv7.W_r.weight")->shape);
  std::filesystem::remove(file);
}

TEST(Bench, AMixerThatIsNoneIsRefused) {
  const ProgramResult result = run_program({"bench", "mixer", "--mixer", "rwkv"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, testing::HasSubstr("rwkv7"));
}

// 3 · 6 · 192 · 512 weights in 2 bytes or in 2 bits, rows of 192 filled up to 256.
TEST(Bench, APresetTakesOtherKeys) {
  const auto bytes = [](const std::string& kind) {
    return figures({"decode", "--preset", "nano", "--set", "ffn_kind=" + kind, "--tokens", "4", "--rounds",
                    "1"})["weight_bytes"]
        .get<double>();
  };
  const double dense = 2.0 * 3 * 6 * 192 * 512, packed = 6 * (2 * 512 * 256 + 192 * 512) / 4.0;
  EXPECT_EQ(bytes("swiglu") - bytes("ternary_swiglu"), dense - packed);
  EXPECT_EQ(run_program({"bench", "decode", "--set", "ffn_knid=swiglu"}).code, 2);
}

// One step takes no memory from the system after the first, with weights that are rounded at every step too.
TEST(Bench, ATernaryTrainingStepTakesNoMemoryEither) {
  const Json train = figures({"train", "--preset", "nano", "--set", "ffn_kind=ternary_swiglu", "--batch", "2",
                              "--length", "64", "--steps", "3"});
  EXPECT_EQ(train["system_calls_after_first_step"], 0);
}

TEST(Bench, WhatDoesNotFitIsRefused) {
  const ProgramResult result = run_program({"bench", "decode", "--preset", "nano", "--tokens", "4096"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, testing::HasSubstr("do not fit the context"));
}

}  // namespace
}  // namespace bantam
