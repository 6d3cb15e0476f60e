// bantam docs: documentation that is written from the code, for the project's own docs folder. Not in the
// help.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/command_pages.h"
#include "cli/command_tree.h"
#include "cli/commands.h"
#include "infer/generate.h"
#include "model/config.h"
#include "model/family/escarda_card.h"
#include "model/family/vuaf_card.h"
#include "model/presets.h"
#include "parts/part.h"
#include "train/recipe.h"

namespace bantam::cli {
namespace {

template <class Part>
void print_kinds(const char* title, const Registry<Part>& registry) {
  fmt::print("# {}\n\n", title);
  for (const auto& [name, kind] : registry.kinds()) fmt::print("{}\n", kind.document());
}

void print_config() {
  fmt::print(
      "# Every key of every config\n\n"
      "Written by `bantam docs config`; a test holds it to the code. Numbers may carry k, M, G or T where "
      "the table says count. `--set train.lr=3e-4` sets any key of a recipe; flag > environment "
      "(`BANTAM_TRAIN_LR`) > recipe > model file > default.\n\n");
  fmt::print("{}\n", config_markdown<Recipe>("run.yaml"));
  fmt::print("{}\n{}\n{}\n{}\n", model_markdown(), preset_markdown(), vuaf_preset_markdown(),
             escarda_preset_markdown());
  fmt::print("| preset | |\n|---|---|\n");
  for (const PresetInfo& preset : presets()) fmt::print("| `{}` | {} |\n", preset.name, preset.summary);
  fmt::print("\n");
  print_kinds("Kinds of `mixer`", mixers());
  print_kinds("Kinds of `feed`", feeds());
  print_kinds("Kinds of `join`", joins());
  print_kinds("Kinds of `embed.memory`", token_memories());
  print_kinds("Kinds of `refine`", refinements());
  fmt::print("{}", config_markdown<GenerationSettings>("Flags of generate and chat"));
}

}  // namespace

void add_docs(CLI::App& app) {
  CLI::App* docs = app.add_subcommand("docs", "Documentation written from the code");
  docs->group("");
  docs->require_subcommand(1);
  docs->add_subcommand("config", "docs/config.md: every key of every config")->callback(print_config);
  docs->add_subcommand("commands", "docs/commands.md: every command and flag")->callback([&app] {
    fmt::print("{}", commands_markdown(command_tree(app)));
  });
  docs->add_subcommand("man", "docs/bantam.1: the man page")->callback([&app] {
    fmt::print("{}", man_page(command_tree(app)));
  });
}

}  // namespace bantam::cli
