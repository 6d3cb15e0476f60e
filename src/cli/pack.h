// What `bantam pack` and the packing of run folders share.
#pragma once
#include <filesystem>
#include <string>

#include "data/pack.h"

namespace CLI {
class App;
}

namespace bantam::cli {

CLI::App* add_pack_inspect(CLI::App& pack);  // bantam pack inspect

// Text of a file as it may stand on a terminal: control characters, those of Latin-1 among them, would steer it.
std::string printable(std::string text);

// Names the rows that were left out, and says how many more there are.
void warn_skipped(const PackResult& result, const std::filesystem::path& pack);

}  // namespace bantam::cli
