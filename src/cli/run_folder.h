// A run folder, opened: the recipe resolved, the tokenizer and the pack at hand (made first where the recipe says how),
// the model's config read.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "data/batches.h"
#include "data/pack_reader.h"
#include "model/config.h"
#include "text/tokenizer.h"
#include "train/recipe.h"

namespace bantam::cli {

struct RunFolder {
  std::filesystem::path path;
  ResolvedRecipe resolved;
  Tokenizer tokenizer;
  ModelConfig model;
  std::unique_ptr<Pack> pack;
  std::unique_ptr<FolderLock> lock;  // two runs in one folder would write over each other

  const Recipe& recipe() const { return resolved.recipe; }
  // A path of the recipe, which is relative to the run folder.
  std::filesystem::path at(const std::string& name) const { return path / name; }
  // What must stay the same over a run, as JSON: the checkpoints' identity.
  std::string identity() const;
};

// Reads run.yaml with `sets` ("train.lr=3e-4") and the environment on top. Trains the tokenizer and packs the data where
// they are missing. usage, not_found: what is missing and how to get it; usage: a tokenizer with more tokens than the
// model has rows.
RunFolder open_run(const std::filesystem::path& path, const std::vector<std::string>& sets);

// Only what can be known without data: the recipe and the model. `vocab` is the tokenizer's where it exists.
struct RunPlan {
  ResolvedRecipe resolved;
  ModelConfig model;
};
RunPlan read_run(const std::filesystem::path& path, const std::vector<std::string>& sets);

// The pack of that run, where both it and the tokenizer have been made; null otherwise. usage: they do not go together, or
// not with the model.
std::unique_ptr<Pack> made_pack(const std::filesystem::path& path, const RunPlan& plan);

// The batches of the run's steps.
Batches batches_of(const Pack& pack, const TrainRecipe& recipe);

// The special tokens of the tokenizers that we train: end of text, and the two of ChatML.
std::vector<std::string> special_tokens();

}  // namespace bantam::cli
