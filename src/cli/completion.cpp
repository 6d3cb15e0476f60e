// bantam completion: scripts by which bash, zsh and fish complete the program's commands, flags, their values, presets
// and recipes, and files elsewhere. They are made from what the program parses with; a shell that reads them asks
// nothing more.
//
// Each script walks the words before the cursor: a command's name goes one command down, a flag that takes a value takes
// the next word, the rest are arguments, counted from 0.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command_tree.h"
#include "cli/commands.h"

namespace bantam::cli {
namespace {

// Between single quotes, for all three shells: a quote ends the text, stands escaped, and begins it again.
std::string quoted(const std::string& text) {
  std::string escaped = "'";
  for (const char c : text)
    if (c == '\'')
      escaped += "'\\''";
    else
      escaped += c;
  return escaped + "'";
}

// What of a meaning fits beside a name.
std::string brief(const std::string& text) { return text.substr(0, text.find_first_of(";\n")); }

std::string last_word(const std::string& name) { return name.substr(name.rfind(' ') + 1); }

// For `case`: which values stand at a flag or at the argument of a number.
std::string value_cases(const Command& program) {
  std::string cases;
  for (const Command* command : all_commands(program)) {
    size_t place = 0;
    for (const CommandOption& option : command->options) {
      const std::string number = option.argument.empty() ? "" : fmt::format("{}", place++);
      if (option.choices.empty()) continue;
      std::vector<std::string> patterns;
      for (const std::string& flag : option.flags) patterns.push_back(quoted(command->name + " " + flag));
      if (!number.empty()) patterns.push_back(quoted(command->name + " " + number));
      cases += fmt::format("    {}) values={} ;;\n", fmt::join(patterns, "|"),
                           quoted(fmt::format("{}", fmt::join(option.choices, " "))));
    }
  }
  return cases;
}

std::vector<std::string> flags_of(const Command& command, bool with_value) {
  std::vector<std::string> flags;
  for (const CommandOption& option : command.options)
    if (option.value.empty() != with_value)
      flags.insert(flags.end(), option.flags.begin(), option.flags.end());
  return flags;
}

constexpr const char* kBash = R"(
_bantam() {
  local word=${COMP_WORDS[COMP_CWORD]} command=bantam flag='' place=0 at i
  local commands valued switches values
  _bantam_command "$command"
  for ((i = 1; i < COMP_CWORD; i++)); do
    at=${COMP_WORDS[i]}
    if [[ -n $flag ]]; then
      [[ $at == '=' ]] || flag=''
    elif [[ $at == -* ]]; then
      [[ " $valued " == *" $at "* ]] && flag=$at
    elif [[ " $commands " == *" $at "* ]]; then
      command="$command $at" place=0
      _bantam_command "$command"
    else
      place=$((place + 1))
    fi
  done
  [[ $word == '=' ]] && word=''
  _bantam_values "$command ${flag:-$place}"
  # Nothing to choose from: what stands behind -o, files.
  COMPREPLY=()
  if [[ -n $values ]]; then
    COMPREPLY=($(compgen -W "$values" -- "$word"))
  elif [[ -n $flag ]]; then
    return
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$valued $switches" -- "$word"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$word"))
  fi
}
complete -o bashdefault -o default -F _bantam bantam
)";

std::string bash_script(const Command& program) {
  std::string script =
      "# Completes bantam's commands in bash. Written by `bantam completion bash`.\n\n"
      "_bantam_command() {\n  commands='' valued='' switches=''\n  case $1 in\n";
  for (const Command* command : all_commands(program)) {
    std::vector<std::string> below;
    for (const Command& next : command->commands) below.push_back(last_word(next.name));
    script +=
        fmt::format("    {})\n      commands='{}'\n      valued='{}'\n      switches='{}'\n      ;;\n",
                    quoted(command->name), fmt::join(below, " "), fmt::join(flags_of(*command, true), " "),
                    fmt::join(flags_of(*command, false), " "));
  }
  return script + "  esac\n}\n\n_bantam_values() {\n  values=''\n  case $1 in\n" + value_cases(program) +
         "  esac\n}\n" + kBash;
}

constexpr const char* kZsh = R"(
_bantam() {
  local command=bantam flag='' place=0 at i
  local valued values only_commands
  local -a commands flags
  _bantam_command "$command"
  for ((i = 2; i < CURRENT; i++)); do
    at=${words[i]}
    if [[ -n $flag ]]; then
      flag=''
    elif [[ $at == -* ]]; then
      [[ " $valued " == *" $at "* ]] && flag=$at
    elif (( ${commands[(I)${(b)at}:*]} )); then
      command="$command $at" place=0
      _bantam_command "$command"
    else
      place=$((place + 1))
    fi
  done
  _bantam_values "$command ${flag:-$place}"
  if [[ -n $values ]]; then
    compadd -- ${=values}
  elif [[ -n $flag ]]; then
    _files
  elif [[ ${words[CURRENT]} == -* ]]; then
    _describe -o flag flags
  else
    (( $#commands )) && _describe command commands
    [[ -n $only_commands ]] || _files
  fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _bantam "$@"
else
  compdef _bantam bantam
fi
)";

std::string zsh_script(const Command& program) {
  std::string script =
      "#compdef bantam\n# Completes bantam's commands in zsh. Written by `bantam completion zsh`.\n\n"
      "_bantam_command() {\n  commands=() flags=() valued='' only_commands=''\n  case $1 in\n";
  for (const Command* command : all_commands(program)) {
    script += fmt::format("    {})\n      commands=(\n", quoted(command->name));
    for (const Command& next : command->commands)
      script += "        " + quoted(last_word(next.name) + ":" + brief(next.purpose)) + "\n";
    script += "      )\n      flags=(\n";
    for (const CommandOption& option : command->options)
      for (const std::string& flag : option.flags)
        script += "        " + quoted(flag + ":" + brief(option.meaning)) + "\n";
    script += fmt::format("      )\n      valued='{}' only_commands='{}'\n      ;;\n",
                          fmt::join(flags_of(*command, true), " "), command->needs_command ? "yes" : "");
  }
  return script + "  esac\n}\n\n_bantam_values() {\n  values=''\n  case $1 in\n" + value_cases(program) +
         "  esac\n}\n" + kZsh;
}

constexpr const char* kFish = R"(
# The command that the words before the cursor name, and the number of arguments that stand behind it.
function __bantam_at
    set -l command bantam
    set -l place 0
    set -l flag ''
    for word in (commandline -opc)[2..-1]
        if test -n "$flag"
            set flag ''
        else if string match -q -- '-*' $word
            contains -- "$command $word" $__bantam_valued; and set flag $word
        else if contains -- "$command $word" $__bantam_commands
            set command "$command $word"
            set place 0
        else
            set place (math $place + 1)
        end
    end
    echo $command
    echo $place
end
function __bantam_in
    test (__bantam_at)[1] = "$argv[1]"
end
function __bantam_argument
    set -l at (__bantam_at)
    test $at[1] = "$argv[1]" -a $at[2] = $argv[2]
end

)";

std::string fish_flag(const Command& command, const CommandOption& option) {
  std::string line =
      fmt::format("complete -c bantam -n {}", quoted(fmt::format("__bantam_in \"{}\"", command.name)));
  for (const std::string& flag : option.flags)
    line += flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
  if (!option.choices.empty())
    line += " -x -a " + quoted(fmt::format("{}", fmt::join(option.choices, " ")));
  else if (!option.value.empty())
    line += " -r -F";
  return line + " -d " + quoted(brief(option.meaning)) + "\n";
}

std::string fish_script(const Command& program) {
  std::vector<std::string> names, valued;
  for (const Command* command : all_commands(program)) {
    if (command != &program) names.push_back(quoted(command->name));
    for (const std::string& flag : flags_of(*command, true))
      valued.push_back(quoted(command->name + " " + flag));
  }
  std::string script = fmt::format(
      "# Completes bantam's commands in fish. Written by `bantam completion fish`.\n\n"
      "set -g __bantam_commands {}\nset -g __bantam_valued {}\n{}",
      fmt::join(names, " "), fmt::join(valued, " "), kFish);
  for (const Command* command : all_commands(program)) {
    const std::string here = quoted(fmt::format("__bantam_in \"{}\"", command->name));
    if (command->needs_command) script += fmt::format("complete -c bantam -n {} -f\n", here);
    for (const Command& next : command->commands)
      script += fmt::format("complete -c bantam -n {} -a {} -d {}\n",
                            quoted(fmt::format("__bantam_argument \"{}\" 0", command->name)),
                            last_word(next.name), quoted(brief(next.purpose)));
    size_t place = 0;
    for (const CommandOption& option : command->options) {
      if (!option.flags.empty()) script += fish_flag(*command, option);
      if (option.argument.empty()) continue;
      if (!option.choices.empty())
        script += fmt::format("complete -c bantam -n {} -f -a {}\n",
                              quoted(fmt::format("__bantam_argument \"{}\" {}", command->name, place)),
                              quoted(fmt::format("{}", fmt::join(option.choices, " "))));
      ++place;
    }
  }
  return script;
}

}  // namespace

void add_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("completion", "Prints a script by which a shell completes the commands");
  command->add_option("shell", *shell, "The shell that the script is for")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app] {
    const Command program = command_tree(app);
    const std::string script = *shell == "bash"  ? bash_script(program)
                               : *shell == "zsh" ? zsh_script(program)
                                                 : fish_script(program);
    fmt::print("{}", script);
  });
}

}  // namespace bantam::cli
