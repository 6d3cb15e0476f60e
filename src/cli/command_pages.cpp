#include "cli/command_pages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "cli/commands.h"

namespace bantam::cli {
namespace {

bool is_help(const CommandOption& option) {
  return std::find(option.flags.begin(), option.flags.end(), "--help") != option.flags.end();
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

// "SOURCE" and "--source": an argument stands in capitals, as in the usage.
std::vector<std::string> names_of(const CommandOption& option) {
  std::vector<std::string> names = option.flags;
  if (!option.argument.empty()) names.insert(names.begin(), upper(option.argument));
  return names;
}

std::string sentence(const std::string& text) {
  if (text.empty() || text.ends_with('.')) return text;
  return text + ".";
}

std::string meaning_of(const CommandOption& option) {
  std::string text = sentence(option.meaning);
  if (!option.needs.empty()) text += fmt::format(" Only with {}.", fmt::join(option.needs, ", "));
  return text;
}

std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void add_markdown(std::string& page, const Command& command) {
  page += fmt::format("\n## {}\n\n{}\n\n    {}\n", command.name, sentence(cell(command.purpose)),
                      usage_of(command));
  std::string rows;
  for (const CommandOption& option : command.options) {
    if (is_help(option)) continue;
    rows += fmt::format("| `{}` | {}{} | {} | {} |\n", fmt::join(names_of(option), "`, `"),
                        cell(value_of(option)), option.repeats ? ", any number" : "",
                        option.required           ? "(required)"
                        : option.standard.empty() ? ""
                                                  : "`" + option.standard + "`",
                        cell(meaning_of(option)));
  }
  if (!rows.empty()) page += "\n| argument or flag | value | default | meaning |\n|---|---|---|---|\n" + rows;
}

// Text of a man page: a minus that can be copied, and nothing that begins a request.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else if (c == '\n')
      escaped += ' ';
    else
      escaped += c;
  }
  for (size_t at = 0; (at = escaped.find("…", at)) != std::string::npos;) escaped.replace(at, 3, "...");
  return escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" + escaped : escaped;
}

void add_roff(std::string& page, const Command& command) {
  page += fmt::format(".SS {}\n{}\n.PP\n.B {}\n", roff(command.name), roff(sentence(command.purpose)),
                      roff(usage_of(command)));
  for (const CommandOption& option : command.options) {
    if (is_help(option)) continue;
    const bool named = !option.flags.empty() && !option.value.empty();
    page += fmt::format(".TP\n.B {}{}\n", roff(fmt::format("{}", fmt::join(names_of(option), ", "))),
                        named ? " " + roff(upper(option.value)) : "");
    std::string text = meaning_of(option);
    if (!option.choices.empty() && option.value != "RECIPE")
      text += fmt::format(" One of: {}.", fmt::join(option.choices, ", "));
    if (!option.limits.empty()) text += fmt::format(" Value: {}.", option.limits);
    if (option.required) text += " Required.";
    if (!option.standard.empty()) text += fmt::format(" Default: {}.", option.standard);
    page += roff(text) + "\n";
  }
}

constexpr const char* kManEnd = R"(.SH ENVIRONMENT
.TP
.B BANTAM_THREADS
Threads that compute; no result depends on it.
.TP
.B BANTAM_TRAIN_LR
and so on for every key of a recipe: a value that stands above the recipe's and below that of \-\-set.
.TP
.B BANTAM_ISA
The instruction set to compute with, for comparisons: plain, avx2, avx512 or avx512bf16.
.TP
.B TMPDIR
Where a tokenizer's training puts word counts that memory does not hold.
.SH "EXIT STATUS"
0: done. 1: failed. 2: wrong usage or config. 3: plan: the run does not fit. 130: interrupted, with the state saved.
.SH FILES
A run folder holds run.yaml and model.json, which you edit, and what training writes: tokenizer, pack, checkpoints,
log.jsonl, report.html, and the trained model in the folder model.
.SH EXAMPLES
.EX
bantam quickstart
bantam init qovaryx\-50m\-nano myrun
bantam plan myrun
bantam train myrun
bantam chat myrun/model
.EE
.SH "SEE ALSO"
bantam COMMAND \-\-help; the guides in the project's folder docs.
)";

}  // namespace

std::string commands_markdown(const Command& program) {
  std::string page = fmt::format(
      "# Every command\n\n"
      "Written by `bantam docs commands`; a test holds it to the code. Every command also takes `--help`. "
      "What stands in\n"
      "capitals is an argument, and goes without its name. A list is given as several arguments, or by its "
      "flag several\n"
      "times. Keys of configs are in [config.md](config.md), guides in [README.md](README.md).\n\n");
  for (const Command* command : all_commands(program)) {
    if (command == &program) continue;
    std::string anchor = command->name;
    std::replace(anchor.begin(), anchor.end(), ' ', '-');
    page += fmt::format("- [{}](#{}): {}\n", command->name, anchor, sentence(cell(command->purpose)));
  }
  for (const Command* command : all_commands(program))
    if (command != &program) add_markdown(page, *command);
  return page;
}

std::string man_page(const Command& program) {
  std::string page = fmt::format(
      ".\\\" Written by `bantam docs man`; a test holds it to the code.\n"
      ".TH BANTAM 1 \"\" \"bantam {}\" \"User Commands\"\n"
      ".nh\n.ad l\n"
      ".SH NAME\n{} \\- trains and runs compact language models\n"
      ".SH SYNOPSIS\n.B {}\nCOMMAND [OPTIONS] [ARGUMENTS]\n.br\n.B {}\n\\-\\-version | \\-\\-help\n"
      ".SH DESCRIPTION\n{}\n"
      "Every command takes \\-\\-help. Arguments stand in capitals.\n.SH COMMANDS\n",
      kVersion, program.name, program.name, program.name, roff(sentence(program.purpose)));
  for (const Command* command : all_commands(program))
    if (command != &program) add_roff(page, *command);
  return page + kManEnd;
}

}  // namespace bantam::cli
