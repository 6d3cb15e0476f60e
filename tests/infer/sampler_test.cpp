#include "infer/sampler.h"
#include "formats/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "formats/stored_values.h"
#include "infer/golden_files.h"

namespace bantam {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

SamplingSettings settings_from(const Json& json) {
  SamplingSettings settings;
  schema_of<SamplingSettings>().read(&settings, json, {"settings"});
  return settings;
}

void expect_near(std::span<const double> got, const std::vector<double>& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  double sum = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], tolerance) << i;
    EXPECT_EQ(got[i] == 0, want[i] == 0) << i << ": kept on one side only";
    sum += got[i];
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(Sampler, ProbabilitiesAsHuggingFaceHasThem) {
  Sampler sampler;
  for (const Json& row : read_json(golden_folder() / "sampler_hf.json")) {
    SCOPED_TRACE(row["settings"].dump());
    const std::vector<float> logits = row["logits"];
    expect_near(sampler.probabilities(logits, row["history"].get<std::vector<int32_t>>(),
                                      settings_from(row["settings"])),
                row["probabilities"], 1e-6);
  }
}

TEST(Sampler, ProbabilitiesAsVuafHasThem) {
  const GoldenFolder folder("vuaf/sampler");
  const SafetensorsFile rows(folder / "sampler.safetensors");
  const Json all = read_json(golden_folder() / "vuaf/sampler/sampler.json");
  ASSERT_EQ(all.size(), 24u);
  Sampler sampler;
  for (size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].dump());
    SamplingSettings settings = settings_from(all[i]);
    settings.top_p_rule = TopPRule::drop_crossing;
    const auto row = [&](const std::string& name) {
      return stored_floats(rows, *rows.find(name + "." + std::to_string(i)));
    };
    const std::vector<float> want = row("probs");
    expect_near(sampler.probabilities(row("logits"), {}, settings), {want.begin(), want.end()}, 1e-6);
  }
}

TEST(Sampler, TemperatureZeroTakesTheLowestOfTheLargest) {
  Sampler sampler;
  SamplingSettings settings;
  settings.temperature = 0;
  const std::vector<float> logits = {1, 5, 2, 5, 5};
  EXPECT_EQ(sampler.choose(logits, {}, settings, 0).token, 1);
  settings.repetition_penalty = 2;
  EXPECT_EQ(sampler.choose(logits, std::vector<int32_t>{1, 3}, settings, 0).token, 4);
}

TEST(Sampler, TiesAreCutByTheLowestIdUnderTopPAndKeptUnderTopK) {
  Sampler sampler;
  const std::vector<float> logits = {0, 1, 1, 1, 1};
  SamplingSettings settings;
  settings.top_p = 0.4;
  const auto p = sampler.probabilities(logits, {}, settings);
  EXPECT_THAT(std::vector<double>(p.begin(), p.end()), testing::ElementsAre(0, 0.5, 0.5, 0, 0));
  settings.top_p = 1;
  settings.top_k = 2;
  EXPECT_THAT(std::vector<double>(sampler.probabilities(logits, {}, settings).begin(),
                                  sampler.probabilities(logits, {}, settings).end()),
              testing::ElementsAre(0, 0.25, 0.25, 0.25, 0.25));
}

TEST(Sampler, ThePenaltyLooksBackOnItsWindow) {
  Sampler sampler;
  SamplingSettings settings;
  settings.temperature = 0;
  settings.repetition_penalty = 10;
  std::vector<int32_t> history(300, 1);
  history[0] = 0;
  const std::vector<float> logits = {5, 4, 3};
  EXPECT_EQ(sampler.choose(logits, history, settings, 0).token, 2);
  settings.repetition_window = 299;
  EXPECT_EQ(sampler.choose(logits, history, settings, 0).token, 0);
  settings.repetition_window = 255;
  EXPECT_THROW(schema_of<SamplingSettings>().check(&settings, {"settings"}), Error);
}

TEST(Sampler, NonFiniteLogitsFallBackToTheLargestFiniteOne) {
  Sampler sampler;
  SamplingSettings settings;
  settings.temperature = 5;
  for (const float poison : {kNaN, kInfinity, -kInfinity}) {
    const std::vector<float> logits = {1, poison, 3, 2, poison};
    for (uint64_t position = 0; position < 50; ++position) {
      const Choice choice = sampler.choose(logits, {}, settings, position);
      EXPECT_EQ(choice.token, 2);
      EXPECT_TRUE(choice.fell_back);
    }
  }
  EXPECT_FALSE(sampler.choose(std::vector<float>{1, 2}, {}, settings, 0).fell_back);
  EXPECT_THROW(sampler.choose(std::vector<float>{kNaN, kInfinity}, {}, settings, 0), Error);
}

TEST(Sampler, DrawsFollowTheProbabilitiesAndTheSeed) {
  Sampler sampler;
  SamplingSettings settings;
  settings.top_k = 4;
  const std::vector<float> logits = {0.5f, -1, 2, 1, 0, 1.5f};
  const auto view = sampler.probabilities(logits, {}, settings);
  const std::vector<double> p(view.begin(), view.end());
  std::vector<double> counts(logits.size());
  constexpr int kDraws = 20000;
  settings.seed = 4;
  for (uint64_t i = 0; i < kDraws; ++i)
    counts[static_cast<size_t>(sampler.choose(logits, {}, settings, i).token)] += 1;
  for (size_t i = 0; i < p.size(); ++i)
    EXPECT_NEAR(counts[i] / kDraws, p[i], 4 * std::sqrt(p[i] * (1 - p[i]) / kDraws)) << i;

  std::vector<int32_t> first, again, other;
  for (uint64_t i = 0; i < 100; ++i) {
    settings.seed = 4;
    first.push_back(sampler.choose(logits, {}, settings, i).token);
    again.push_back(sampler.choose(logits, {}, settings, i).token);
    settings.seed = 5;
    other.push_back(sampler.choose(logits, {}, settings, i).token);
  }
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

// The partial sort of top-p against sorting everything, over vocabularies larger than one round of it.
TEST(Sampler, TopPOfALargeVocabulary) {
  Sampler sampler;
  for (const double top_p : {0.3, 0.9, 0.999}) {
    for (const double temperature : {0.5, 4.0}) {
      std::vector<float> logits(5000);
      const RandomStream random(7, "logits");
      for (size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(2 * random.normal(i));
      SamplingSettings settings;
      settings.temperature = temperature;
      const auto all_view = sampler.probabilities(logits, {}, settings);
      const std::vector<double> all(all_view.begin(), all_view.end());
      std::vector<size_t> order(all.size());
      for (size_t i = 0; i < order.size(); ++i) order[i] = i;
      std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return all[a] > all[b]; });
      double sum = 0;
      size_t kept = 0;
      while (sum < top_p) sum += all[order[kept++]];
      std::vector<double> want(all.size());
      for (size_t i = 0; i < kept; ++i) want[order[i]] = all[order[i]] / sum;
      settings.top_p = top_p;
      expect_near(sampler.probabilities(logits, {}, settings), want, 1e-12);
    }
  }
}

TEST(SamplingSettings, BadValuesAreNamed) {
  const auto error = [](const char* json) {
    try {
      settings_from(Json::parse(json));
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_THAT(error(R"({"temperature": -1})"), testing::HasSubstr("temperature"));
  EXPECT_THAT(error(R"({"top_p_rule": "drop_crosing"})"), testing::HasSubstr("drop_crossing"));
  EXPECT_THAT(error(R"({"temprature": 1})"), testing::HasSubstr("temperature"));
  EXPECT_EQ(error(R"({"temperature": 0.2, "top_p": 0.9, "repetition_penalty": 1.15, "seed": 3})"), "");
}

}  // namespace
}  // namespace bantam
