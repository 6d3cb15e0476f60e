// bantam init: a run folder to edit, from a recipe of the project's or a preset. With --weights it is a model folder as well,
// with the freshly initialised weights that training begins with.
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/describe.h"
#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/model_writing.h"
#include "cli/shipped_recipes.h"
#include "formats/hugging_face.h"
#include "model/continuation.h"
#include "model/folder.h"
#include "model/parameter_count.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

struct InitFlags {
  std::string preset, folder, from, dtype;
  std::vector<std::string> sets;
  uint64_t seed = 17;
  bool weights = false;
};

constexpr const char* kWeightsLine =
    "weights: .                     # training begins with this folder's model, not with the seed\n";

// A recipe of the project's, with the seed and the weights of `flags`, and the sizes of a model that --set changed.
std::string recipe_text(const ShippedRecipe& recipe, const ModelConfig& model, const InitFlags& flags) {
  std::string text(recipe.run);
  const auto replace = [&text](const std::string& old, const std::string& with) {
    const size_t at = text.find(old);
    BANTAM_ASSERT(at != std::string::npos);  // a test reads every recipe
    text.replace(at, old.size(), with);
  };
  if (flags.weights || !flags.from.empty())
    replace("\nmodel: model.json\n", std::string("\nmodel: model.json\n") + kWeightsLine);
  replace("\n  seed: 17", fmt::format("\n  seed: {}", flags.seed));
  const ModelConfig own = parse_model(parse_json(recipe.model, flags.preset), flags.preset);
  if (model.vocab != own.vocab)
    replace(fmt::format("vocab_size: {}", own.vocab), fmt::format("vocab_size: {}", model.vocab));
  const std::string key = "\n  max_seq_len: ";
  const uint64_t length = std::stoull(text.substr(text.find(key) + key.size()));
  if (static_cast<uint64_t>(model.context) < length)
    replace(fmt::format("{}{}", key, length), fmt::format("{}{}", key, model.context));
  return text;
}

// A recipe that suits the model: tokens by its size, learning rate by its width, rows by its context.
std::string recipe_text(const ModelConfig& model, const InitFlags& flags) {
  const double parameters =
      static_cast<double>(count_parameters(Decoder(model, Device::meta, Dtype::f32)).inference);
  const uint64_t length = static_cast<uint64_t>(std::min<int64_t>(model.context, 512));
  const uint64_t rows = std::max<uint64_t>(1, 4096 / length);
  const double lr = std::min(3e-3, 1e-3 * std::sqrt(512.0 / static_cast<double>(model.width)));
  std::string text =
      "# What this run does. `bantam plan` says what it needs, `bantam train` does it and goes on after a "
      "stop.\n";
  text += "model: model.json\n";
  if (flags.weights || !flags.from.empty()) text += kWeightsLine;
  text += fmt::format(R"(tokenizer:
  path: tokenizer              # a tokenizer's folder
  train:                       # how to make it when it is not there; its input is the train texts
    vocab_size: {}
    split: gpt2
data:
  pack: pack                   # made from the sources when it is not there
  sources: []                  # texts: [{{path: books.jsonl.xz, split: train}}, {{path: valid.txt, split: valid}}]
train:
  target_tokens: {:<13} # twenty a parameter; fewer make a quicker, worse model
  tokens_per_batch: {}
  grad_accum_steps: 1
  max_seq_len: {}
  mixed_precision: bf16        # or f32
  optimizer: adamw             # or adamw_8bit: moments in a quarter of the memory; or muon
  lr: {:.1e}
  schedule: cosine             # or wsd
  min_lr_ratio: 0.1
  warmup_steps: 200
  weight_decay: 0.1
  betas: [0.9, 0.95]
  grad_clip: 1.0
  mtp_weight: 0.3
  z_loss: 0.0
  gradient_checkpointing: off  # or layers: less memory, a third more time
  seed: {}
  eval_every: 250
  save_every: 500
  sample_every: 500
  sample_prompts: []
)",
                      model.vocab, fmt::format("{:.0f}M", std::max(1.0, 20 * parameters / 1e6)),
                      rows * length, length, lr, flags.seed);
  return text;
}

void tell_tensors(const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  const size_t shown = std::min<size_t>(names.size(), 12);
  log_note("{} {}: {}{}", names.size(), what,
           fmt::join(names.begin(), names.begin() + static_cast<ptrdiff_t>(shown), ", "),
           shown < names.size() ? ", …" : "");
}

// The weights of --from where they fit, and its tokenizer.
std::string write_from(const InitFlags& flags, const fs::path& folder, const StoredModel& old,
                       const Decoder& shapes, StoredDtype dtype, const ByteProgress& progress) {
  const ContinuedTensors plan = continue_from(old, shapes);
  require(!plan.kept.empty() || !plan.resized.empty(), ErrorCode::usage,
          "--from {}: none of its tensors is one of the new model; wanted a model that shares some",
          flags.from);
  tell_tensors("tensors kept", plan.kept);
  tell_tensors("tensors resized, with the rows of the tokens that both have", plan.resized);
  tell_tensors("tensors initialised", plan.fresh);
  tell_tensors("tensors of it not used", plan.unused);
  if (has_tokenizer(flags.from)) {
    make_folder(folder / "tokenizer");
    copy_text_files(flags.from, folder / "tokenizer");
  }
  return write_continued_model(folder, old, shapes, dtype, flags.seed, progress);
}

// A name that is neither a recipe nor a preset: both are offered.
void check_name(const std::string& name) {
  const std::vector<std::string> names = starting_names();
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  const std::string near = nearest_name(name, names);
  fail(ErrorCode::usage, "init: there is no recipe or preset \"{}\"{}; wanted one of: {}", name,
       near.empty() ? "" : " (did you mean \"" + near + "\"?)", fmt::join(names, ", "));
}

// What --set starts from: the recipe's model, the preset, or the model of --from.
Json starting_point(const InitFlags& flags, const ShippedRecipe* recipe,
                    const std::optional<StoredModel>& old) {
  if (flags.preset.empty()) return to_json(old->found.config);
  if (recipe != nullptr) return parse_json(recipe->model, flags.preset);
  return {{"preset", flags.preset}};
}

void init(InitFlags flags) {
  if (!flags.from.empty() && flags.folder.empty()) std::swap(flags.preset, flags.folder);
  require(!flags.folder.empty(), ErrorCode::usage,
          "init: the name of the folder is empty; wanted NAME and FOLDER, or FOLDER and --from CHECKPOINT");
  const fs::path folder = flags.folder;
  require_new_folder(folder);
  if (!flags.preset.empty()) check_name(flags.preset);
  const ShippedRecipe* recipe = shipped_recipe(flags.preset);
  std::optional<StoredModel> old;
  if (!flags.from.empty()) old.emplace(flags.from);
  Json json = starting_point(flags, recipe, old);
  for (const std::string& assignment : flags.sets) set_value(json, assignment, "--set");
  const ModelConfig model = parse_model(json, "init");
  // Stored weights fix the vocabulary; otherwise a preset takes the tokenizer's.
  if ((flags.weights || old) && json.contains("preset") && !json.contains("vocab_size"))
    json["vocab_size"] = model.vocab;

  const InterruptScope interrupts;
  AtomicFolder target(folder);
  write_json(target.staging() / "model.json", json);
  write_file(target.staging() / "run.yaml",
             recipe != nullptr ? recipe_text(*recipe, model, flags) : recipe_text(model, flags));
  if (flags.weights || old) {
    const StoredDtype dtype = flags.dtype == "f32" || (flags.dtype.empty() && old &&
                                                       old->weights.natural_dtype() == StoredDtype::f32)
                                  ? StoredDtype::f32
                                  : StoredDtype::bf16;
    const Decoder shapes(model, Device::meta, Dtype::f32);
    WritingProgress progress;
    const std::string hash =
        old ? write_from(flags, target.staging(), *old, shapes, dtype, std::ref(progress))
            : write_initial_model(target.staging(), shapes, dtype, flags.seed, "", std::ref(progress));
    log_note("{} parameters from seed {}, model_state_sha256 {}", grouped(shapes.parameters()), flags.seed,
             hash);
  }
  target.commit();
  fmt::print("{}: edit run.yaml and model.json, name texts in data.sources, then `bantam train {}`\n",
             flags.folder, flags.folder);
}

}  // namespace

void add_init(CLI::App& app) {
  auto flags = std::make_shared<InitFlags>();
  CLI::App* command = app.add_subcommand("init", "Make a run folder from a recipe or a preset");
  const std::vector<std::string> names = starting_names();
  const auto presets_begin = names.begin() + static_cast<ptrdiff_t>(shipped_recipes().size());
  command
      ->add_option("name", flags->preset,
                   fmt::format("A recipe: {}; or a preset, with a recipe that suits its size: {}; none with "
                               "--from: its model",
                               fmt::join(names.begin(), presets_begin, ", "),
                               fmt::join(presets_begin, names.end(), ", ")))
      ->type_name("RECIPE");
  command->add_option("folder", flags->folder, "The new run folder");
  command->add_option(
      "--from", flags->from,
      "A model folder whose weights the new model begins with, where names and shapes are the same");
  command->add_option("--set", flags->sets, "Override a value of the model: d_model=256")
      ->allow_extra_args(false);
  command->add_flag("--weights", flags->weights,
                    "Also write the initial weights: the folder is a model folder too");
  command->add_option("--seed", flags->seed, "Seed of the weights and the run")->capture_default_str();
  command->add_option("--dtype", flags->dtype, "Of the written weights (default: bf16; with --from as there)")
      ->check(CLI::IsMember({"bf16", "f32"}));
  command->callback([flags] { init(*flags); });
}

}  // namespace bantam::cli
