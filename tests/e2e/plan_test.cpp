// What a plan says of memory, of what would take less of it, and of quantisation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Plan : public ::testing::Test {
 protected:
  std::string init(const std::string& name) const {
    const std::string run = folder_ / name;
    std::filesystem::remove_all(run);
    EXPECT_EQ(run_program({"init", name, run}).code, 0);
    return run;
  }
  // Whether it fits is its exit code, too.
  static Json plan(const std::string& run, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"plan", run, "--no-timing", "--json"});
    const ProgramResult result = run_program(more);
    const Json plan = parse_json(result.out, "plan");
    EXPECT_EQ(result.code, plan["fits"] == true ? 0 : 3);
    EXPECT_EQ(result.err, "");
    return plan;
  }
  TemporaryFolder folder_;
};

double states_and_activations(const Json& plan) {
  return plan["memory_bytes"]["all"].get<double>() - plan["memory_bytes"]["program"].get<double>();
}

// What a suggestion promises is what a plan with it says.
TEST_F(Plan, SuggestionsKeepTheirPromise) {
  const std::string run = init("quark-72m");
  const Json whole = plan(run, {"--memory", "1000G"});
  EXPECT_THAT(whole["reliefs"], IsEmpty());
  const Json tight = plan(run, {"--memory", "1G"});
  EXPECT_FALSE(tight["fits"]);
  EXPECT_EQ(tight["memory_bytes"]["available"], 1'000'000'000);
  ASSERT_EQ(tight["reliefs"].size(), 4u) << tight["reliefs"].dump(2);
  EXPECT_EQ(tight["reliefs"][3]["settings"], "all of these");
  double before = states_and_activations(whole);
  for (const Json& relief : tight["reliefs"]) {
    std::vector<std::string> sets;
    for (const char* key : {"tokens_per_batch", "grad_accum_steps", "gradient_checkpointing", "optimizer"}) {
      const Json& value = relief[key];
      sets.push_back("--set");
      sets.push_back(std::string("train.") + key + "=" +
                     (value.is_string() ? value.get<std::string>() : value.dump()));
    }
    const Json with = plan(run, sets);
    EXPECT_EQ(states_and_activations(with),
              relief["memory_bytes"].get<double>() - tight["memory_bytes"]["program"].get<double>())
        << relief["settings"];
    EXPECT_LT(states_and_activations(with), before) << relief["settings"];
    EXPECT_EQ(with["tokens_per_step"], whole["tokens_per_step"]) << relief["settings"];
  }
}

TEST_F(Plan, ASmallerMicroBatchIsTheLargestThatFits) {
  const std::string run = init("qovaryx-350m-nano");
  const Json whole = plan(run, {"--set", "train.tokens_per_batch=8192", "--set", "train.grad_accum_steps=1"});
  const Json half = plan(run, {"--set", "train.tokens_per_batch=4096", "--set", "train.grad_accum_steps=2"});
  // A little more than the half needs, so that a quarter would fit as well.
  const double between =
      (half["memory_bytes"]["all"].get<double>() + whole["memory_bytes"]["all"].get<double>()) / 2;
  const Json tight = plan(run, {"--set", "train.tokens_per_batch=8192", "--set", "train.grad_accum_steps=1",
                                "--memory", std::to_string(static_cast<uint64_t>(between))});
  ASSERT_FALSE(tight["reliefs"].empty());
  EXPECT_EQ(tight["reliefs"][0]["settings"], "train.tokens_per_batch: 4096, train.grad_accum_steps: 2");
  EXPECT_THAT(tight["advice"][0], HasSubstr("which fits"));
}

// The card says that it fits; models/qovaryx.md says what that would take.
// Steps are counted by their lengths, not one by one.
TEST_F(Plan, ARunOfAnyLengthIsPlanned) {
  const std::string run = init("qovaryx-50m-nano");
  EXPECT_EQ(plan(run, {"--set", "train.target_tokens=1e15"})["steps"], 488'281'250'000);
}

TEST_F(Plan, TheLargestModelIn16GigabytesGetsTheHonestAnswer) {
  const std::string run = init("qovaryx-3b");
  const Json answer = plan(run, {"--memory", "16G"});
  EXPECT_FALSE(answer["fits"]);
  std::string advice;
  for (const Json& line : answer["advice"]) advice += line.get<std::string>() + "\n";
  EXPECT_THAT(advice, HasSubstr("18.4 GB"));
  EXPECT_THAT(advice, HasSubstr("12.3 GB"));
  EXPECT_THAT(advice, HasSubstr("neither is what this program does"));
  const double parameters = answer["parameters"];
  EXPECT_GT(states_and_activations(answer),
            12 * parameters);  // masters, copies, gradients, two moments of 8 bits
  const ProgramResult text = run_program({"plan", run, "--no-timing", "--memory", "16G"});
  EXPECT_THAT(text.out, HasSubstr("does not fit"));
  EXPECT_EQ(text.code, 3);
}

TEST_F(Plan, TrapsOfQuantisationAreNamed) {
  const auto traps = [&](const std::string& name) {
    std::string all;
    const Json answer = plan(init(name));
    for (const Json& trap : answer["quantization_traps"]) all += trap.get<std::string>() + "\n";
    return all;
  };
  EXPECT_THAT(traps("qovaryx-50m"), HasSubstr("1 of 8 kinds of matrices"));
  EXPECT_THAT(traps("qovaryx-50m"), HasSubstr("mlp.down_proj (1408)"));
  EXPECT_EQ(traps("qovaryx-350m"), "");
  EXPECT_THAT(traps("qovaryx-3b"), HasSubstr("(2944)"));
  EXPECT_THAT(traps("qovaryx-3b"), HasSubstr("heads are 184 wide"));
  EXPECT_THAT(traps("quark-72m"), HasSubstr("33.6M of 71.6M"));
  EXPECT_THAT(traps("qovaryx-3b-nano"), HasSubstr("rows that no multiple of 32 fills"));
}

TEST_F(Plan, AMemoryThatIsNoneIsRefused) {
  const std::string run = init("nano");
  const ProgramResult result = run_program({"plan", run, "--memory", "much"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--memory"));
}

}  // namespace
}  // namespace bantam
