// The recipes in recipes/: each is what init writes, each is planned at its full size, and each small twin is trained.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "base/json.h"
#include "run_program.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path kRecipes = fs::path(BANTAM_SOURCE_DIR) / "recipes";

std::vector<std::string> recipes(bool twins) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kRecipes)) {
    const std::string name = entry.path().filename();
    if (name.ends_with("-nano") == twins) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

class Recipe : public ::testing::TestWithParam<std::string> {
 protected:
  std::string run() const { return folder_ / "run"; }
  void init(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"init", GetParam(), run()};
    words.insert(words.end(), more.begin(), more.end());
    const ProgramResult result = run_program(words);
    ASSERT_EQ(result.code, 0) << result.err;
  }
  TemporaryFolder folder_;
};

class CardRecipe : public Recipe {};

// By the cards, where they give a number that their tables give, too (models/qovaryx.md, models/vuaf.md).
const std::map<std::string, uint64_t> kParameters = {{"qovaryx-50m", 47474688},
                                                     {"qovaryx-350m", 304427008},
                                                     {"qovaryx-3b", 3066688256},
                                                     {"quark-72m", 71646720},
                                                     {"vuaf-1-femto", 2460629}};

TEST_P(CardRecipe, IsPlannedAtItsFullSize) {
  init();
  EXPECT_EQ(read_file(folder_ / "run/run.yaml"), read_file(kRecipes / GetParam() / "run.yaml"));
  EXPECT_EQ(read_json(folder_ / "run/model.json"), read_json(kRecipes / GetParam() / "model.json"));
  const ProgramResult result = run_program({"plan", run(), "--no-timing", "--json"});
  const Json plan = parse_json(result.out, "plan");
  EXPECT_EQ(result.code, plan["fits"] == true ? 0 : 3) << result.err;
  const auto known = kParameters.find(GetParam());
  if (known != kParameters.end()) {
    EXPECT_EQ(plan["parameters"], known->second);
  }
  EXPECT_GT(plan["memory_bytes"]["all"], 8 * plan["parameters"].get<double>());
  EXPECT_GT(plan["seconds"]["all"], 0);
  // A tokenizer that came out smaller must not make another model of it.
  EXPECT_TRUE(read_json(kRecipes / GetParam() / "model.json")["vocab_size"].is_number());
}

TEST_P(CardRecipe, SaysWhichTextsItLacks) {
  init();
  const ProgramResult result = run_program({"train", run()});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("run/data/"));
  EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
  EXPECT_FALSE(fs::exists(folder_ / "run/tokenizer") || fs::exists(folder_ / "run/checkpoints"));
}

INSTANTIATE_TEST_SUITE_P(Shipped, CardRecipe, ::testing::ValuesIn(recipes(false)), test_name);

class TwinRecipe : public Recipe {
 protected:
  static int class_of(std::string category) {
    if (category.ends_with("_it")) category.resize(category.size() - 3);
    const std::vector<std::string> kinds = {"story", "who_has_what", "dialogue", "arithmetic"};
    const auto found = std::find(kinds.begin(), kinds.end(), category);
    EXPECT_NE(found, kinds.end()) << category;
    return static_cast<int>(found - kinds.begin());
  }
  // The shipped corpus, with the kind of a row as its class where the recipe's model has classes.
  void write_corpus(const char* split, const char* size) const {
    const ProgramResult corpus = run_program({"corpus", "--size", size, "--split", split});
    ASSERT_EQ(corpus.code, 0) << corpus.err;
    const bool classes = read_json(folder_ / "run/model.json").value("decision_head_enabled", false);
    fs::create_directories(folder_ / "run/data");
    std::ofstream file(folder_ / "run/data" / (std::string(split) + ".jsonl"));
    std::istringstream rows(corpus.out);
    for (std::string line; std::getline(rows, line);) {
      Json row = parse_json(line, "corpus");
      if (classes) row["decision"] = class_of(row["category"]);
      file << row.dump() << "\n";
    }
  }
};

TEST_P(TwinRecipe, Learns) {
  init();
  write_corpus("train", "150K");
  write_corpus("valid", "10K");
  const ProgramResult trained = run_program(
      {"train", run(), "--set", "tokenizer.train.vocab_size=700", "--set", "train.tokens_per_batch=256",
       "--set", "train.grad_accum_steps=1", "--set", "train.max_seq_len=256", "--set",
       "train.target_tokens=5120", "--set", "train.length_curriculum=\"\"", "--set", "train.warmup_steps=2",
       "--set", "train.eval_tokens=1500"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  std::vector<Json> evaluations;
  std::ifstream log(folder_ / "run/log.jsonl");
  for (std::string line; std::getline(log, line);)
    if (const Json said = parse_json(line, "log"); said.contains("eval")) evaluations.push_back(said["eval"]);
  ASSERT_EQ(evaluations.size(), 2u);
  // That the tokenizer has fewer tokens than the model has rows alone is worth more.
  EXPECT_LT(evaluations[1]["valid_bits_per_byte"],
            0.95 * evaluations[0]["valid_bits_per_byte"].get<double>());
  EXPECT_TRUE(fs::exists(folder_ / "run/model/model.safetensors"));
  // Rows may be too long for 256 positions here; nothing else of the corpus is left out.
  EXPECT_THAT(trained.err, ::testing::Not(::testing::HasSubstr("has no category")));
}

INSTANTIATE_TEST_SUITE_P(Shipped, TwinRecipe, ::testing::ValuesIn(recipes(true)), test_name);

TEST(Recipes, InitTakesSeedAndWeights) {
  const TemporaryFolder folder;
  const ProgramResult init =
      run_program({"init", "vuaf-nano", folder / "run", "--weights", "--seed", "5", "--set", "d_model=32",
                   "--set", "rwkv_n_heads=1", "--set", "attn_n_heads=1"});
  ASSERT_EQ(init.code, 0) << init.err;
  const std::string run = read_file(folder / "run/run.yaml");
  EXPECT_THAT(run, HasSubstr("\n  seed: 5\n"));
  EXPECT_THAT(run, HasSubstr("\nweights: . "));
  EXPECT_EQ(read_json(folder / "run/model.json")["d_model"], 32);
  EXPECT_TRUE(fs::exists(folder / "run/model.safetensors"));
}

// A preset that is no recipe still gets one that suits its size.
TEST(Recipes, PresetsGetAGeneralOne) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program({"init", "vuaf-1-pico", folder / "run"}).code, 0);
  EXPECT_THAT(read_file(folder / "run/run.yaml"), HasSubstr("twenty a parameter"));
  const ProgramResult unknown = run_program({"init", "qovaryx-50n", folder / "other"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("\"qovaryx-50m\""));
}

}  // namespace
}  // namespace bantam
