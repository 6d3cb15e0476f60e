// bantam init: a run folder to edit, from a preset. With --weights it is a model folder as well, with the
// freshly initialised weights that training begins with.
#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/describe.h"
#include "base/error.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/model_writing.h"
#include "model/folder.h"
#include "model/parameter_count.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

struct InitFlags {
  std::string preset, folder, dtype = "bf16";
  std::vector<std::string> sets;
  uint64_t seed = 17;
  bool weights = false;
};

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
  if (flags.weights)
    text += "weights: .                     # training begins with this folder's model, not with the seed\n";
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

void init(const InitFlags& flags) {
  const fs::path folder = flags.folder;
  require_new_folder(folder);
  Json json = {{"preset", flags.preset}};
  for (const std::string& assignment : flags.sets) set_value(json, assignment, "--set");
  const ModelConfig model = parse_model(json, "init");
  // Stored weights fix the vocabulary; otherwise a preset takes the tokenizer's.
  if (flags.weights && !json.contains("vocab_size")) json["vocab_size"] = model.vocab;

  const InterruptScope interrupts;
  AtomicFolder target(folder);
  write_json(target.staging() / "model.json", json);
  write_file(target.staging() / "run.yaml", recipe_text(model, flags));
  if (flags.weights) {
    const StoredDtype dtype = flags.dtype == "bf16" ? StoredDtype::bf16 : StoredDtype::f32;
    const Decoder shapes(model, Device::meta, Dtype::f32);
    WritingProgress progress;
    const std::string hash =
        write_initial_model(target.staging(), shapes, dtype, flags.seed, "", std::ref(progress));
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
  CLI::App* command = app.add_subcommand("init", "Make a run folder from a preset");
  std::string names;
  for (const PresetInfo& preset : presets()) names += (names.empty() ? "" : ", ") + preset.name;
  command->add_option("preset", flags->preset, "One of: " + names)->required();
  command->add_option("folder", flags->folder, "The new run folder")->required();
  command->add_option("--set", flags->sets, "Override a value of the model: d_model=256")
      ->allow_extra_args(false);
  command->add_flag("--weights", flags->weights,
                    "Also write the initial weights: the folder is a model folder too");
  command->add_option("--seed", flags->seed, "Seed of the weights and the run")->capture_default_str();
  command->add_option("--dtype", flags->dtype, "Of the written weights")
      ->check(CLI::IsMember({"bf16", "f32"}))
      ->capture_default_str();
  command->callback([flags] { init(*flags); });
}

}  // namespace bantam::cli
