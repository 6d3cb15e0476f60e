// The commands of the program as plain values, read from what the program parses with: the source of the command
// reference, the man page and the completion scripts, so that none of them is written by hand.
#pragma once
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace bantam::cli {

struct CommandOption {
  std::vector<std::string> flags;    // with their dashes, the long ones first; empty: only an argument
  std::string argument;              // the name of its place among the arguments; empty: only a flag
  std::string value;                 // what it takes: TEXT, INT, UINT, FLOAT, PRESET, …; empty: a switch
  std::vector<std::string> choices;  // all values there are; empty: others
  std::string limits;                // of the value, in words; may be empty
  std::vector<std::string> needs;    // flags that have to be given with it
  std::string standard;              // the value without it; empty: the meaning says
  std::string meaning;
  bool required = false, repeats = false;
};

struct Command {
  std::string name;  // with the program's: "bantam pack inspect"
  std::string purpose;
  std::vector<CommandOption> options;  // in the order of the help, the arguments first
  std::vector<Command> commands;       // below it, in the order of the help; none that the help hides
  bool needs_command = false;          // does nothing without one of those
};

// Names of presets and recipes are choices of the options whose value is PRESET or RECIPE.
Command command_tree(const CLI::App& app);
// The command and all below it, each before those below.
std::vector<const Command*> all_commands(const Command& root);
// "bantam pack inspect [OPTIONS] PACK".
std::string usage_of(const Command& command);
// "UINT, 1 to 1024": what a flag or an argument takes; choices by name. Empty: a switch.
std::string value_of(const CommandOption& option);

}  // namespace bantam::cli
