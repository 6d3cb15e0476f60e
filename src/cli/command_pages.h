// The commands as pages to read: docs/commands.md, and docs/bantam.1 for `man bantam`.
#pragma once
#include <string>

#include "cli/command_tree.h"

namespace bantam::cli {

std::string commands_markdown(const Command& program);
std::string man_page(
    const Command& program);  // for groff's man macros, ASCII but for what the commands say of themselves

}  // namespace bantam::cli
