// What may be wrong with a command line beyond what CLI11 sees, or says clearly.
#pragma once
#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace bantam::cli {

// CLI11 reads -1 and 2^64 as 2^64 - 1 where a number has no sign: such options check their text.
void check_unsigned(CLI::App& app);

// usage: a word where a command stands, and that is none.
void check_commands(const CLI::App& app, int argc, char** argv);

// One line: the first option that there is not, else what is wrong, and where to read on.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

}  // namespace bantam::cli
