#include "cli/lineage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "base/progress.h"
#include "formats/model_state.h"
#include "formats/safetensors.h"
#include "train/checkpoint.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kBest = "best";

std::optional<uint64_t> whole_number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The step of the lowest validation loss whose checkpoint is there, as the newest checkpoint knows them.
uint64_t best_step(const fs::path& checkpoints, const std::vector<uint64_t>& steps) {
  const Json state = checkpoint_state(checkpoint_path(checkpoints, steps.back()));
  if (state.contains("validation"))
    for (const Json& entry : state["validation"].at("best")) {
      const uint64_t step = entry.at("step").get<uint64_t>();
      if (std::find(steps.begin(), steps.end(), step) != steps.end()) return step;
    }
  fail(ErrorCode::not_found,
       "--from: {} holds none of the best checkpoints; the run needs train.keep_best for that",
       checkpoints.string());
}

// What computes: the name says nothing.
Json nameless(Json model) {
  model.erase("name");
  return model;
}

}  // namespace

Ancestor find_ancestor(const std::string& text) {
  fs::path run = text;
  std::string which;
  if (const size_t at = text.rfind('@'); at != std::string::npos && !fs::exists(run)) {
    run = text.substr(0, at);
    which = text.substr(at + 1);
    require(which == kBest || whole_number(which), ErrorCode::usage,
            "--from: \"{}\": behind @ stands \"{}\", wanted a step or best", text, which);
  }
  const fs::path checkpoints = run / "checkpoints";
  require(fs::is_directory(checkpoints), ErrorCode::not_found,
          "--from: {} is missing; name a run folder that was trained, such as runs/a or runs/a@500",
          checkpoints.string());
  const std::vector<uint64_t> steps = checkpoint_steps(checkpoints);
  require(!steps.empty(), ErrorCode::not_found, "--from: {} holds no checkpoint", checkpoints.string());
  uint64_t step = steps.back();
  if (which == kBest) step = best_step(checkpoints, steps);
  if (const auto number = whole_number(which)) {
    step = *number;
    require(std::find(steps.begin(), steps.end(), step) != steps.end(), ErrorCode::not_found,
            "--from: {} has no checkpoint after step {}; there are {}", run.string(), step,
            fmt::join(steps, ", "));
  }
  return {text, step, checkpoint_path(checkpoints, step)};
}

Json inherit(const Ancestor& ancestor, const RunFolder& run, const Decoder& model) {
  const Json state = checkpoint_state(ancestor.checkpoint), mine = Json::parse(run.identity());
  const Json& theirs = state.at("identity");
  require(theirs.at("tokenizer") == mine.at("tokenizer"), ErrorCode::usage,
          "--from: {} was trained with another tokenizer than {}; its ids mean other texts", ancestor.text,
          run.at(run.recipe().tokenizer.path).string());
  require(nameless(theirs.at("model")) == nameless(mine.at("model")), ErrorCode::usage,
          "--from: {} is of another model than {} describes", ancestor.text,
          run.recipe().preset.empty() ? run.recipe().model : run.recipe().preset);
  std::vector<Weight*> weights;
  for (const auto& weight : model.weights()) weights.push_back(weight.get());
  load_result(ancestor.checkpoint, weights);
  const fs::path file = result_file(ancestor.checkpoint);
  log_note("begins with {} of {} after step {}; the optimizer begins anew",
           file.filename() == "model.safetensors" ? "the weights" : "the averaged weights",
           ancestor.checkpoint.parent_path().parent_path().string(), grouped(ancestor.step));
  return {{"from", ancestor.text},
          {"step", ancestor.step},
          {"weights_sha256", model_state_sha256(SafetensorsFile(file))},
          {"parent", state.contains("parent") ? state["parent"] : Json()}};
}

}  // namespace bantam::cli
