#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/model_state.h"
#include "formats/safetensors.h"
#include "formats/stored_values.h"
#include "infer/golden_files.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<float> values(const std::filesystem::path& folder, const char* name) {
  const SafetensorsFile file(folder / "model.safetensors");
  return stored_floats(file, *file.find(name));
}

TEST(InitFrom, TheSameModelIsKeptToTheBit) {
  const GoldenFolder golden("models/qwen3");
  const TemporaryFolder folder;
  const std::string run = (folder / "run").string();
  const ProgramResult result = run_program({"init", run, "--from", golden.path().string()});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(model_state_sha256(TensorFiles(run)), model_state_sha256(TensorFiles(golden.path())));
  EXPECT_THAT(result.err, HasSubstr("tensors kept"));
  EXPECT_THAT(read_file(folder / "run/run.yaml"), HasSubstr("weights: ."));
  const Json provenance = read_json(folder / "run/config.json")["provenance"];
  EXPECT_EQ(provenance["init"], "continued");
  EXPECT_EQ(provenance["parent"], model_state_sha256(TensorFiles(golden.path())));
}

TEST(InitFrom, WhatMatchesIsKeptAndTheRestIsNew) {
  const GoldenFolder golden("models/llama_gqa_tied");  // 3 layers, 320 tokens of width 64
  const TemporaryFolder folder;
  const std::string run = (folder / "run").string();
  const ProgramResult result =
      run_program({"init", run, "--from", golden.path().string(), "--set", "vocab=400", "--set",
                   "layers[0].repeat=2", "--set", "heads.mtp={k: 2}"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("tensors resized"), HasSubstr("initialised: mtp.2.norm_in.weight"),
                                HasSubstr("not used: model.layers.2.")));
  const char* kept = "model.layers.1.mlp.up_proj.weight";
  EXPECT_EQ(values(run, kept), values(golden.path(), kept));
  const std::vector<float> before = values(golden.path(), "model.embed_tokens.weight"),
                           now = values(run, "model.embed_tokens.weight");
  ASSERT_EQ(now.size(), 400u * 64);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), now.begin()));
  EXPECT_GT(std::count_if(now.begin() + 320 * 64, now.end(), [](float x) { return x != 0; }), 70 * 64);
  EXPECT_EQ(run_program({"verify", run}).code, 0);
}

// Sizes that --set changes are those of the tokenizer and the rows too, and what does not fit is said before anything is made.
TEST(Init, ARecipeFollowsTheSizesOfItsModel) {
  const TemporaryFolder folder;
  const std::string run = (folder / "run").string();
  const std::pair<const char*, const char*> recipes[] = {{"escarda-nano", "max_position_embeddings=64"},
                                                         {"vuaf-nano", "max_seq_len=64"},
                                                         {"qovaryx-50m-nano", "max_seq_len=64"}};
  for (const auto& [recipe, context] : recipes) {
    std::filesystem::remove_all(run);
    const ProgramResult made =
        run_program({"init", recipe, run, "--set", "vocab_size=600", "--set", context});
    ASSERT_EQ(made.code, 0) << made.err;
    const std::string text = read_file(folder / "run/run.yaml");
    EXPECT_THAT(text, AllOf(HasSubstr("vocab_size: 600"), HasSubstr("max_seq_len: 64\n"))) << recipe;
  }
  const ProgramResult larger =
      run_program({"plan", run, "--no-timing", "--set", "tokenizer.train.vocab_size=601"});
  EXPECT_EQ(larger.code, 2);
  EXPECT_THAT(larger.err, HasSubstr("tokenizer.train.vocab_size: is 601, the model has rows for 600 tokens"));
}

TEST(InitFrom, RefusesWhatSharesNothingAndAsksForAFolder) {
  const GoldenFolder golden("models/llama_gqa_tied");
  const TemporaryFolder folder;
  const std::string run = (folder / "run").string();
  const ProgramResult other = run_program({"init", run, "--from", golden.path().string(), "--set", "width=48",
                                           "--set", "layers[0].feed.width=40"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("none of its tensors"));
  EXPECT_FALSE(std::filesystem::exists(run));
  EXPECT_EQ(run_program({"init", run, "--from", (folder / "nowhere").string()}).code, 1);
  EXPECT_EQ(run_program({"init", "nano"}).code, 2);
  EXPECT_EQ(run_program({"init"}).code, 2);
}

}  // namespace
}  // namespace bantam
