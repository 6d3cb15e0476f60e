// The benchmarks as they are called by hand and by bench/peers: what they print, not how fast this machine is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
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

TEST(Bench, WhatDoesNotFitIsRefused) {
  const ProgramResult result = run_program({"bench", "decode", "--preset", "nano", "--tokens", "4096"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, testing::HasSubstr("do not fit the context"));
}

}  // namespace
}  // namespace bantam
