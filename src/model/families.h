// Families: how other projects write down the models we can express. A family is a reader of its config.json and a map
// between its tensor names and ours; weights themselves are never changed.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/config.h"
#include "model/objective.h"

namespace bantam {

class StoredWeights;

struct Family {
  std::string name;  // "bantam", "llama", "vuaf"
  // Pairs of patterns (model/name_pattern.h), ours and theirs. The first that matches counts; a name that none matches is
  // the same on both sides. Where several of ours have the same name on the other side, one tensor of theirs holds them
  // one below the other, in the order of the patterns.
  std::vector<std::pair<std::string, std::string>> names;
  // Tensors that may stand in its files and are derived from others: ignored, but for check_derived.
  std::vector<std::string> derived;
  // Reads what other files beside config.json say of the model, if the family has such.
  void (*read_beside)(const std::filesystem::path& folder, ModelConfig& config) = nullptr;
  // Patterns of modules inside which nobody knows for sure what its files call the tensors (model/tensor_names.h).
  std::vector<std::string> uncertain_modules = {};
  // Holds derived tensors against what they are derived from. invalid or unsupported: they say something else.
  void (*check_derived)(const StoredWeights& stored, const ModelConfig& config) = nullptr;

  std::string theirs(std::string_view ours) const;
  size_t place(std::string_view ours)
      const;  // of the pattern that matches; of those below each other the smaller is above
  bool is_derived(std::string_view theirs_name) const;
};

struct FamilyModel {
  const Family* family;
  ModelConfig config;
  ObjectiveOptions objective;  // as its training weighs the losses, where its config says so
};

// The model that a folder's config.json describes, whatever family wrote it. has_output_head: whether the weights
// hold an output projection of their own, for configs that leave it open. unsupported: a family or a feature we
// cannot express, named; usage or corrupt: a config that is broken.
FamilyModel read_family(const Json& config, const std::string& where, bool has_output_head);

// Writes the config.json keys of the plainest class of transformers that computes this model's trunk into `config`: Llama,
// Mistral, Qwen2, Qwen3 or SmolLM3. Empty, or the reason why the trunk is not Llama-class; `config` is then as it was.
std::string as_llama(const ModelConfig& model, Json& config);

}  // namespace bantam
