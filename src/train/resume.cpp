#include "train/resume.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "train/recipe.h"

namespace bantam {
namespace {

const std::vector<std::string> kMayChange = {"train.target_tokens",
                                             "train.min_lr_ratio",
                                             "train.decay_ratio",
                                             "train.eval_every",
                                             "train.eval_tokens",
                                             "train.save_every",
                                             "train.keep_checkpoints",
                                             "train.sample_every",
                                             "train.sample_prompts",
                                             "train.keep_best",
                                             "train.early_stop.evaluations",
                                             "train.early_stop.min_improvement"};

void flatten(const Json& value, const std::string& path, std::map<std::string, std::string>& leaves) {
  if (std::find(kMayChange.begin(), kMayChange.end(), path) != kMayChange.end()) return;
  if (value.is_object() && !value.empty())
    for (const auto& [key, item] : value.items())
      flatten(item, path.empty() ? key : path + "." + key, leaves);
  else if (value.is_array() && !value.empty() && value[0].is_structured())
    for (size_t i = 0; i < value.size(); ++i) flatten(value[i], fmt::format("{}[{}]", path, i), leaves);
  else
    leaves[path] = value.dump();
}

}  // namespace

void refuse_changes(const Json& before, const Json& now, const std::string& checkpoint) {
  Json old = before;
  // Keys that the recipe did not have yet stood at their defaults.
  old["train"] = write_config(read_config<TrainRecipe>(before.at("train"), {checkpoint, "train"}));
  std::map<std::string, std::string> was, is;
  flatten(old, "", was);
  flatten(now, "", is);
  std::string changes;
  const auto report = [&](const std::string& path, const std::string& from, const std::string& to) {
    changes += fmt::format("{}{} was {} and is {}", changes.empty() ? "" : "; ", path, from, to);
  };
  for (const auto& [path, value] : was)
    if (const auto found = is.find(path); found == is.end())
      report(path, value, "absent");
    else if (found->second != value)
      report(path, value, found->second);
  for (const auto& [path, value] : is)
    if (!was.contains(path)) report(path, "absent", value);
  require(changes.empty(), ErrorCode::usage,
          "{}: {}. A run that goes on may change target_tokens, min_lr_ratio, decay_ratio and the "
          "intervals; set the rest back, or start another run folder",
          checkpoint, changes);
}

}  // namespace bantam
