#include "train/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/yaml.h"

namespace bantam {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class RecipeTest : public testing::Test {
 protected:
  fs::path write(std::string_view text) {
    write_file(file_, text);
    return file_;
  }
  std::string error_of(RecipeSources sources) {
    try {
      resolve_recipe(sources);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      std::string message = error.what();
      if (const size_t at = message.find(file_.string()); at != std::string::npos)
        message.replace(at, file_.string().size(), "run.yaml");
      return message;
    }
    return "no error";
  }
  std::string error_of(std::string_view yaml) { return error_of({.file = write(yaml)}); }

  fs::path file_ = fs::path(testing::TempDir()) / fmt::format("recipe_test_{}.yaml", ::getpid());
};

constexpr std::string_view kWhole = R"yaml(
model: model.json
tokenizer: {path: tokenizer, train: {input: [data/a.txt], vocab_size: 4096, split: llama3}}
data:
  sources: [{path: data/books.jsonl.xz, weight: 1.0, split: train}, {path: data/valid.jsonl.xz, split: valid}]
  pack: pack
train:
  stage: pretrain                # sft, dpo, distill later
  target_tokens: 30M
  tokens_per_batch: 2048
  grad_accum_steps: 2
  max_seq_len: 512
  length_curriculum: "(256,500)(512,-1)"
  mixed_precision: f32
  optimizer: adamw
  lr: 2e-3
  schedule: wsd
  min_lr_ratio: 0.05
  warmup_steps: 100
  weight_decay: 0.2
  betas: [0.8, 0.99]
  grad_clip: 0.5
  mtp_weight: 0.2
  z_loss: 1e-4
  gradient_checkpointing: off
  spike_skip: {z: 5, max: 2}
  lr_scale: {"model.embed*": 0.5}
  seed: 18
  eval_every: 100
  save_every: 200
  sample_every: 300
)yaml";

TEST_F(RecipeTest, ReadsEveryKey) {
  const Recipe r = resolve_recipe({.file = write(kWhole)}).recipe;
  EXPECT_EQ(r.tokenizer.train.value().split, "llama3");
  ASSERT_EQ(r.data.sources.size(), 2u);
  EXPECT_EQ(r.data.sources[1].split, DataSplit::valid);
  EXPECT_EQ(r.train.target_tokens, 30'000'000u);
  EXPECT_EQ(r.train.mixed_precision, Precision::f32);
  EXPECT_EQ(r.train.schedule, ScheduleKind::wsd);
  EXPECT_EQ(r.train.betas, std::pair(0.8, 0.99));
  EXPECT_EQ(r.train.gradient_checkpointing, GradientCheckpointing::off);
  EXPECT_EQ(r.train.spike_skip.max, 2);
  EXPECT_EQ(r.train.lr_scale.at("model.embed*"), 0.5);
  EXPECT_EQ(r.train.seed, 18u);
}

TEST_F(RecipeTest, LaterSourcesWinAndEveryValueHasAnOrigin) {
  const ResolvedRecipe r = resolve_recipe(
      {.file = write("train: {lr: 1e-3, seed: 1, warmup_steps: 7, spike_skip: {z: 4}}"),
       .model_file = {"train.max_seq_len=1024", "train.seed=5"},
       .sets = {"train.lr=3e-4", "train.betas=[0.5, 0.6]"},
       .environment = {
           {"BANTAM_TRAIN_LR", "0.5"}, {"BANTAM_TRAIN_WARMUP_STEPS", "9"}, {"BANTAM_THREADS", "3"}}});
  EXPECT_EQ(r.recipe.train.lr, 3e-4);
  EXPECT_EQ(r.recipe.train.warmup_steps, 9u);
  EXPECT_EQ(r.recipe.train.seed, 1u);
  EXPECT_EQ(r.recipe.train.max_seq_len, 1024u);
  EXPECT_EQ(r.recipe.train.betas, std::pair(0.5, 0.6));
  EXPECT_EQ(r.recipe.train.spike_skip.z, 4);
  EXPECT_EQ(r.recipe.train.spike_skip.max, 3) << "a partly named group keeps its other defaults";
  EXPECT_EQ(r.origins.at("train.lr"), "--set");
  EXPECT_EQ(r.origins.at("train.warmup_steps"), "BANTAM_TRAIN_WARMUP_STEPS");
  EXPECT_EQ(r.origins.at("train.seed"), file_.string());
  EXPECT_EQ(r.origins.at("train.max_seq_len"), "model file");
  const std::string yaml = to_yaml(r);
  EXPECT_THAT(yaml, HasSubstr("  lr: 0.0003"));
  EXPECT_THAT(yaml, HasSubstr("# --set"));
  EXPECT_THAT(yaml, testing::ContainsRegex("grad_clip: 1\\.0 +# built-in"));
  const ResolvedRecipe again = resolve_recipe({.file = write(yaml)});
  EXPECT_EQ(write_config(again.recipe), write_config(r.recipe));
}

TEST_F(RecipeTest, ErrorsNameTheSourceAndTheKey) {
  EXPECT_EQ(error_of("train: {max_seqlen: 5}"),
            "run.yaml: train.max_seqlen: is no known key; did you mean \"max_seq_len\"?");
  EXPECT_EQ(error_of("train: {ffn_kind: swiglu, lr: 3}").substr(0, 42),
            "run.yaml: train.ffn_kind: is no known key,");
  EXPECT_EQ(error_of("train: {lr: -1}"), "run.yaml: train.lr: is -1, wanted 0 to 10");
  EXPECT_EQ(error_of("data: {sources: [{weight: 1}]}"),
            "run.yaml: data.sources[0].path: is missing; it is: A file or a folder.");
  EXPECT_EQ(error_of({.file = write(""), .sets = {"train.lrr=1"}}),
            "--set: train.lrr: is no known key; did you mean \"lr\"?");
  EXPECT_EQ(error_of({.file = write(""), .sets = {"train.optimizer=sgd"}}),
            "--set: train.optimizer: is \"sgd\", wanted one of adamw, adamw_8bit, muon");
  EXPECT_EQ(error_of({.file = write(""), .environment = {{"BANTAM_TRAIN_LRR", "1"}}}),
            "environment: BANTAM_TRAIN_LRR: is no known key; did you mean \"BANTAM_TRAIN_LR\"?");
  EXPECT_EQ(error_of({.file = write(""), .environment = {{"BANTAM_TRAIN_SEED", "x"}}}),
            "BANTAM_TRAIN_SEED: train.seed: is \"x\", wanted a whole number");
}

TEST(RecipePatterns, StarsStandForAnyText) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("model.layers.*.weight", "model.layers.3.mlp.up_proj.weight"));
  EXPECT_TRUE(matches("*norm*", "model.norm.weight"));
  EXPECT_FALSE(matches("model.norm", "model.norm.weight"));
  EXPECT_FALSE(matches("*.bias", "model.norm.weight"));
}

}  // namespace
}  // namespace bantam
