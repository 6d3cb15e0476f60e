#include "cli/command_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "base/describe.h"
#include "cli/shipped_recipes.h"
#include "model/config.h"

namespace bantam::cli {
namespace {

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const PresetInfo& preset : presets()) names.push_back(preset.name);
  return names;
}

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> pieces(1);
  for (const char c : text)
    if (c == mark)
      pieces.emplace_back();
    else
      pieces.back() += c;
  return pieces;
}

// What a check says of itself: "{train,valid}", "INT in [1 - 1024]", "POSITIVE".
void read_check(const std::string& check, CommandOption& option) {
  const size_t range = check.find(" in [");
  if (check.starts_with('{') && check.ends_with('}')) {
    option.choices = split(check.substr(1, check.size() - 2), ',');
  } else if (range != std::string::npos) {
    option.limits = check.substr(range + 5, check.size() - range - 6);
    const size_t dash = option.limits.find(" - ");
    if (dash != std::string::npos) option.limits.replace(dash, 3, " to ");
  } else if (check == "POSITIVE") {
    option.limits = "above 0";
  } else if (check == "NONNEGATIVE") {
    option.limits = "0 or more";
  } else {
    option.limits = check;
  }
}

CommandOption option_of(const CLI::Option& from) {
  CommandOption option;
  for (const std::string& name : from.get_lnames()) option.flags.push_back("--" + name);
  for (const std::string& name : from.get_snames()) option.flags.push_back("-" + name);
  if (from.get_positional()) option.argument = from.get_name(true);
  option.meaning = from.get_description();
  option.required = from.get_required();
  for (const CLI::Option* other : from.get_needs()) option.needs.push_back(other->get_name());
  if (from.get_type_size() == 0) return option;
  std::vector<std::string> parts = split(from.get_type_name(), ':');
  option.value = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) read_check(parts[i], option);
  if (option.value == "PRESET") option.choices = preset_names();
  if (option.value == "RECIPE") option.choices = starting_names();
  option.standard = from.get_default_str();
  option.repeats = from.get_expected_max() > 1;
  return option;
}

Command command_of(const CLI::App& app, const std::string& name) {
  Command command;
  command.name = name;
  command.purpose = app.get_description();
  command.needs_command = app.get_require_subcommand_min() > 0;
  for (const bool arguments : {true, false})
    for (const CLI::Option* option : app.get_options())
      if (option->get_positional() == arguments && !option->get_group().empty())
        command.options.push_back(option_of(*option));
  for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!below->get_group().empty())
      command.commands.push_back(command_of(*below, name + " " + below->get_name()));
  return command;
}

}  // namespace

Command command_tree(const CLI::App& app) { return command_of(app, app.get_name()); }

std::vector<const Command*> all_commands(const Command& root) {
  std::vector<const Command*> all = {&root};
  for (const Command& below : root.commands)
    for (const Command* command : all_commands(below)) all.push_back(command);
  return all;
}

std::string usage_of(const Command& command) {
  std::string usage = command.name;
  if (command.needs_command) return usage + " COMMAND";
  usage += " [OPTIONS]";
  for (const CommandOption& option : command.options) {
    if (option.argument.empty()) continue;
    std::string word = option.argument;
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::toupper(c); });
    if (option.repeats) word += "…";
    usage += option.required ? " " + word : " [" + word + "]";
  }
  return usage;
}

std::string value_of(const CommandOption& option) {
  if (!option.choices.empty() && option.value == "TEXT")
    return fmt::format("{}", fmt::join(option.choices, ", "));
  return option.limits.empty() ? option.value : option.value + ", " + option.limits;
}

}  // namespace bantam::cli
