// Command lines in documents, held to the command reference (docs/commands.md, itself held to the program).
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "house/laws.h"

namespace bantam::house {

// A row of the reference: an argument or a flag.
struct Parameter {
  std::vector<std::string> flags;
  std::string value;                 // what it takes; empty: a switch
  std::vector<std::string> choices;  // all of its values; empty: others
  bool argument = false, required = false, repeats = false;
};

struct DocumentedCommand {
  std::vector<Parameter> parameters;
  bool needs_command = false;
};

inline std::vector<std::string> pieces(std::string_view text, std::string_view mark) {
  std::vector<std::string> all;
  for (size_t end = 0; end != std::string_view::npos;
       text.remove_prefix(std::min(end + mark.size(), text.size()))) {
    end = text.find(mark);
    all.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
  }
  return all;
}

// "| `SOURCE`, `--source` | TEXT, any number | (required) | … |"
inline Parameter read_parameter(const std::string& row) {
  const std::vector<std::string> cells = pieces(row.substr(2), " | ");
  Parameter parameter;
  for (std::string name : pieces(cells[0], ", ")) {
    std::erase(name, '`');
    parameter.argument |= !name.starts_with('-');
    if (name.starts_with('-')) parameter.flags.push_back(name);
  }
  parameter.value = cells[1];
  for (const std::string& word : pieces(cells[1], ", "))
    if (word == "any number")
      parameter.repeats = true;
    else if (!word.empty() && std::islower(static_cast<unsigned char>(word[0])) != 0)
      parameter.choices.push_back(word);
  if (std::isupper(static_cast<unsigned char>(cells[1][0])) != 0) parameter.choices.clear();
  parameter.required = cells[2] == "(required)";
  return parameter;
}

// By name, as "bantam pack inspect".
inline std::map<std::string, DocumentedCommand> read_commands(std::string_view reference) {
  std::map<std::string, DocumentedCommand> commands;
  std::string name;
  for (const std::string& line : lines_of(reference)) {
    if (line.starts_with("## ")) name = line.substr(3);
    if (line.starts_with("    " + name) && line.ends_with(" COMMAND")) commands[name].needs_command = true;
    if (line.starts_with("    " + name)) commands[name];
    if (line.starts_with("| `")) commands[name].parameters.push_back(read_parameter(line));
  }
  return commands;
}

// What a document shows to be typed in: indented lines and those in fences, a backslash at the end goes on in the next;
// of each the parts of a pipe that begin with the program. Output that begins so is none: "bantam: …".
inline std::vector<std::string> command_lines(std::string_view document) {
  std::vector<std::string> found;
  bool fenced = false;
  std::string line;
  for (const std::string& part : lines_of(document)) {
    if (part.starts_with("```")) fenced = !fenced;
    if (!fenced && !part.starts_with("    ")) continue;
    line += part;
    if (line.ends_with('\\')) {
      line.pop_back();
      continue;
    }
    for (std::string command : pieces(line, " | ")) {
      command.erase(0,
                    command.find_first_not_of(' ') == std::string::npos ? 0 : command.find_first_not_of(' '));
      if (command.starts_with("bantam ")) found.push_back(command);
    }
    line.clear();
  }
  return found;
}

// Words of a shell's line up to a comment or what follows the command.
inline std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool any = false;
  for (const char c : line + " ") {
    if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? 0 : c;
      any = true;
    } else if (c != ' ' || quote != 0) {
      word += c;
    } else if (!word.empty() || any) {
      if (!any && (word == ";" || word == "&&" || word == ">" || word == "<" || word[0] == '#')) break;
      words.push_back(std::exchange(word, ""));
      any = false;
    }
  }
  return words;
}

// What a command wants and `line` does not give; empty: nothing.
inline std::string missing_complaint(const DocumentedCommand& command,
                                     const std::vector<const Parameter*>& given, size_t arguments,
                                     const std::string& line) {
  size_t wanted = 0;
  for (const Parameter& parameter : command.parameters) {
    if (!parameter.required || std::find(given.begin(), given.end(), &parameter) != given.end()) continue;
    if (!parameter.argument) return fmt::format("{}: {} is missing", line, parameter.flags[0]);
    ++wanted;
  }
  return arguments < wanted ? fmt::format("{}: {} arguments, wanted {}", line, arguments, wanted) : "";
}

// What is wrong with a command line; empty: nothing.
inline std::string command_complaint(const std::map<std::string, DocumentedCommand>& commands,
                                     const std::string& line) {
  const std::vector<std::string> words = words_of(line);
  if (words.size() == 2 && (words[1] == "--help" || words[1] == "--version")) return "";
  std::string name = words[0];
  size_t at = 1;
  for (; at < words.size() && (commands.contains(name + " " + words[at])); ++at) name += " " + words[at];
  if (!commands.contains(name)) return fmt::format("{}: there is no such command", line);
  const DocumentedCommand& command = commands.at(name);
  if (command.needs_command) return fmt::format("{}: {} wants a command", line, name);
  size_t arguments = 0;
  std::vector<const Parameter*> given;
  for (; at < words.size(); ++at) {
    const std::string flag = words[at].substr(0, words[at].find('='));
    if (!flag.starts_with('-') || flag == "-") {
      ++arguments;
      continue;
    }
    const auto found = std::find_if(
        command.parameters.begin(), command.parameters.end(),
        [&](const Parameter& p) { return std::find(p.flags.begin(), p.flags.end(), flag) != p.flags.end(); });
    if (flag == "--help") continue;
    if (found == command.parameters.end()) return fmt::format("{}: {} has no {}", line, name, flag);
    given.push_back(&*found);
    if (found->value.empty()) continue;
    if (flag == words[at] && ++at == words.size()) return fmt::format("{}: {} wants a value", line, flag);
    const std::string value = flag == words[at] ? "" : words[at].substr(words[at].find('=') + 1);
    const std::string& chosen = words[at].starts_with(flag + "=") ? value : words[at];
    if (!found->choices.empty() &&
        std::find(found->choices.begin(), found->choices.end(), chosen) == found->choices.end())
      return fmt::format("{}: {} is none of the values of {}", line, chosen, flag);
    while (found->repeats && at + 1 < words.size() && !words[at + 1].starts_with('-')) ++at, ++arguments;
  }
  return missing_complaint(command, given, arguments, line);
}

inline Complaints command_complaints(std::string_view reference, std::string_view document) {
  Complaints complaints;
  const std::map<std::string, DocumentedCommand> commands = read_commands(reference);
  for (const std::string& line : command_lines(document))
    if (std::string wrong = command_complaint(commands, line); !wrong.empty())
      complaints.push_back(std::move(wrong));
  return complaints;
}

}  // namespace bantam::house
