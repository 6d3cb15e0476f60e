#include "cli/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace bantam::cli {
namespace {

bool is_flag(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

// Long names alone are near to a mistyped one; their dashes count for nothing.
std::string unknown_option(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  const std::string flag = word.substr(0, word.find('='));
  const std::string name = flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
  const std::string near = name.size() > 1 ? nearest_name(name, names) : "";
  return fmt::format("there is no option \"{}\"{}", flag,
                     near.empty() ? "" : " (did you mean \"--" + near + "\"?)");
}

// What CLI11 could not place, from the program down to the last command; "": nothing.
std::string unplaced(const std::vector<const CLI::App*>& commands) {
  for (const CLI::App* command : commands)
    for (const std::string& word : command->remaining())
      if (is_flag(word)) return unknown_option(*command, word);
  for (const CLI::App* command : commands)
    for (const std::string& word : command->remaining())
      return fmt::format("\"{}\" is one argument too many", word);
  return "";
}

// CLI11 spells out the type of a value that is missing.
std::string said_by(const CLI::ParseError& error) {
  const std::string text = error.what();
  if (!text.ends_with(" missing")) return text;
  return text.substr(0, text.find(':')) + ": its value is missing";
}

}  // namespace

void check_unsigned(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (option->get_type_name() == "UINT")
      option->check([](const std::string& text) {
        uint64_t value = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc() && stop == text.data() + text.size();
        return whole ? std::string() : text + " is no whole number from 0 to 18446744073709551615";
      });
  for (CLI::App* command : app.get_subcommands({})) check_unsigned(*command);
}

void check_commands(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc && argv[i][0] != '-' && !at->get_subcommands({}).empty(); ++i) {
    const CLI::App* found = nullptr;
    std::vector<std::string> names;
    for (const CLI::App* command : at->get_subcommands({})) {
      names.push_back(command->get_name());
      if (command->get_name() == argv[i]) found = command;
    }
    const std::string near = found != nullptr ? "" : nearest_name(argv[i], names);
    // Where no command need stand, the word may be a file.
    if (found == nullptr && at->get_require_subcommand_min() == 0 &&
        (near.empty() || std::filesystem::exists(argv[i])))
      return;
    require(found != nullptr, ErrorCode::usage, "there is no command \"{}\"{}; wanted one of: {}", argv[i],
            near.empty() ? "" : " (did you mean \"" + near + "\"?)", fmt::join(names, ", "));
    at = found;
  }
}

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  std::vector<const CLI::App*> commands = {&app};
  std::string names;
  while (!commands.back()->get_subcommands().empty()) {
    commands.push_back(commands.back()->get_subcommands().front());
    names += commands.back()->get_name() + " ";
  }
  const std::string unknown = unplaced(commands);
  std::string where = names;
  if (!where.empty()) where.replace(where.size() - 1, 1, ": ");
  return fmt::format("{}{}; see {} {}--help", where, unknown.empty() ? said_by(error) : unknown,
                     app.get_name(), names);
}

}  // namespace bantam::cli
