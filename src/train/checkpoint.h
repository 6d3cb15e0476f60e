// Checkpoints of a run: checkpoints/step-000500/ {model.safetensors, optimizer.safetensors, state.json}, and
// average.safetensors where the run keeps an average of its weights.
//
// Law: a folder of that name is whole. It is written aside, synced and renamed; state.json holds the SHA-256
// of the other files and of itself, and loading checks them. So whatever instant a process dies at, what was
// saved stays.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "tensor/weight.h"
#include "train/optimizer.h"
#include "train/recipe.h"
#include "train/weight_average.h"

namespace bantam {

class CheckpointFolder {
 public:
  // Makes the folder, and clears what a killed process left half-written.
  explicit CheckpointFolder(std::filesystem::path folder);

  // Saves after `step` steps: weights (f32 masters under their tensors' names), moments, and `state` for the
  // caller. Then prunes.
  // out_of_memory or io: the disk; what was there before is untouched.
  void save(uint64_t step, const std::vector<Weight*>& weights, AdamW& optimizer, const Json& state,
            int64_t keep, WeightAverage* average = nullptr, const std::vector<uint64_t>& spared = {});

  // The last part of save(): all but the newest `keep` of the checkpoints up to `step`, and the `spared` ones, go away.
  void prune(uint64_t step, int64_t keep, const std::vector<uint64_t>& spared) const;

  // The newest checkpoint that is whole.
  struct Found {
    uint64_t step = 0;
    std::filesystem::path folder;
    std::vector<std::string> damaged;  // newer ones that are not, with the reason
  };
  // None when there is none. corrupt: there are some and all are damaged. unsupported: written by a later
  // version.
  std::optional<Found> newest() const;

  // Reads a checkpoint that newest() named. Returns the caller's state. invalid: it is of another model.
  Json load(const Found& found, const std::vector<Weight*>& weights, AdamW& optimizer,
            WeightAverage* average = nullptr) const;

  // out_of_memory unless the disk has room for `keep` checkpoints of so many bytes beside the one being written.
  void require_space(uint64_t bytes, int64_t keep) const;

  std::filesystem::path path_of(uint64_t step) const;

 private:
  void remove(uint64_t step) const;

  std::filesystem::path folder_;
};

// The checkpoints in a folder, by rising step, and where one of them lies. Any run's, also one that another process works on:
// nothing is changed.
std::vector<uint64_t> checkpoint_steps(const std::filesystem::path& checkpoints);
std::filesystem::path checkpoint_path(const std::filesystem::path& checkpoints, uint64_t step);

// What a checkpoint holds beside its tensors, as save() was given it. corrupt, unsupported.
Json checkpoint_state(const std::filesystem::path& checkpoint);
// The file of a checkpoint with the weights that its run stands for: the average's, where it keeps one, else the weights'.
std::filesystem::path result_file(const std::filesystem::path& checkpoint);
// Reads that file. corrupt: its content is not what was saved; invalid: it is of another model.
void load_result(const std::filesystem::path& checkpoint, const std::vector<Weight*>& weights);

// About the bytes of one checkpoint.
uint64_t checkpoint_bytes(const std::vector<Weight*>& weights, const TrainRecipe& recipe);

}  // namespace bantam
