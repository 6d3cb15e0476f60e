// The recipe of a run (run.yaml): which model, which tokenizer, which data, how to train. The names of
// `train` are those of the Qovaryx card.
//
// Law: every value has one origin, and a later source wins over an earlier one: built-in default, model file,
// recipe, environment (BANTAM_TRAIN_LR for train.lr), flag (--set train.lr=3e-4).
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "data/manifest.h"

namespace bantam {

enum class Stage { pretrain };
inline std::vector<std::string> names(const Stage*) { return {"pretrain"}; }
enum class Precision { bf16, f32 };
inline std::vector<std::string> names(const Precision*) { return {"bf16", "f32"}; }
enum class OptimizerKind { adamw, adamw_8bit, muon };
inline std::vector<std::string> names(const OptimizerKind*) { return {"adamw", "adamw_8bit", "muon"}; }
enum class ScheduleKind { cosine, wsd };
inline std::vector<std::string> names(const ScheduleKind*) { return {"cosine", "wsd"}; }
enum class GradientCheckpointing { off, layers };
inline std::vector<std::string> names(const GradientCheckpointing*) { return {"off", "layers"}; }
enum class TokenizerKind { bpe, sentencepiece, length_max };
inline std::vector<std::string> names(const TokenizerKind*) { return {"bpe", "sentencepiece", "length-max"}; }
enum class DataSplit { train, valid };
inline std::vector<std::string> names(const DataSplit*) { return {"train", "valid"}; }

struct TokenizerTraining {
  TokenizerKind kind = TokenizerKind::bpe;
  std::vector<std::string> input;  // files; empty: the texts of the data's train split
  int64_t vocab_size = 8192;
  std::string split = "gpt2";           // of bpe
  std::vector<std::string> categories;  // of sentencepiece; empty: VUAF's five
};

struct TokenizerRecipe {
  std::string path = "tokenizer";
  std::optional<TokenizerTraining> train;
};

struct DataSource {
  std::string path;
  double weight = 1;
  DataSplit split = DataSplit::train;
};

struct DataRecipe {
  std::vector<DataSource> sources;
  std::string pack = "pack";
  Learn learn = Learn::answers;
  bool skip_invalid = false;
};

// Steps whose loss stands out are not learnt from.
struct SpikeSkip {
  double z = 6;     // standard deviations above the running mean; 0: never
  int64_t max = 3;  // in a row; the next one is learnt from again
};

// Of the optimizer muon (train/muon.h).
struct MuonRecipe {
  double momentum = 0.95;
  bool nesterov = true;
  std::vector<std::string> tensors = {"model.layers.*"};

  bool operator==(const MuonRecipe&) const = default;
};

// When a run ends before its last step.
struct EarlyStop {
  int64_t evaluations = 0;  // 0: never
  double min_improvement = 0;
};

struct TrainRecipe {
  Stage stage = Stage::pretrain;
  uint64_t target_tokens = 20'000'000;
  uint64_t tokens_per_batch = 4096;
  uint64_t grad_accum_steps = 1;
  uint64_t max_seq_len = 512;
  std::string length_curriculum;
  Precision mixed_precision = Precision::bf16;
  OptimizerKind optimizer = OptimizerKind::adamw;
  double lr = 1e-3;
  ScheduleKind schedule = ScheduleKind::cosine;
  double min_lr_ratio = 0.1;
  uint64_t warmup_steps = 200;
  double decay_ratio = 0.2;
  double weight_decay = 0.1;
  std::pair<double, double> betas = {0.9, 0.95};
  double eps = 1e-8;
  double grad_clip = 1.0;
  std::map<std::string, double> lr_scale;
  MuonRecipe muon;
  double ema = 0;
  double mtp_weight = 0.3;
  double z_loss = 0;
  double decision_weight = 0.5;
  double calibration_loss_weight = 0.2;
  bool class_weighted_decision = false;
  GradientCheckpointing gradient_checkpointing = GradientCheckpointing::off;
  SpikeSkip spike_skip;
  int64_t max_bad_steps = 10;
  uint64_t seed = 17;
  uint64_t eval_every = 250;
  uint64_t eval_tokens = 65536;
  uint64_t save_every = 500;
  int64_t keep_checkpoints = 2;
  int64_t keep_best = 0;
  EarlyStop early_stop;
  uint64_t sample_every = 500;
  std::vector<std::string> sample_prompts;
};

struct Recipe {
  std::string model = "model.json";
  std::string preset;
  std::string weights;
  TokenizerRecipe tokenizer;
  DataRecipe data;
  TrainRecipe train;
};

Schema schema(const TokenizerTraining*);
Schema schema(const TokenizerRecipe*);
Schema schema(const DataSource*);
Schema schema(const DataRecipe*);
Schema schema(const SpikeSkip*);
Schema schema(const MuonRecipe*);
Schema schema(const EarlyStop*);
Schema schema(const TrainRecipe*);
Schema schema(const Recipe*);

struct ResolvedRecipe {
  Recipe recipe;
  std::map<std::string, std::string> origins;  // of every value by its path: "train.lr" → "run.yaml"
};

// What a recipe is resolved from, beside the built-in defaults.
struct RecipeSources {
  std::filesystem::path file;                // run.yaml
  std::vector<std::string> model_file = {};  // "train.max_seq_len=2048": what the model file implies
  std::vector<std::string> sets = {};        // "train.lr=3e-4", in order
  std::map<std::string, std::string> environment = {};  // BANTAM_* and their values
};

// BANTAM_* of this process.
std::map<std::string, std::string> bantam_environment();

// usage errors name the source and the key. An environment variable that begins as a section's do
// (BANTAM_TRAIN_…) but names no key is an error too; others, such as BANTAM_THREADS, are not the recipe's.
ResolvedRecipe resolve_recipe(const RecipeSources& sources);

// resolved.yaml: every value with its origin behind it.
std::string to_yaml(const ResolvedRecipe& resolved);

// Whether `name` is matched by `pattern`, in which * stands for any text.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace bantam
