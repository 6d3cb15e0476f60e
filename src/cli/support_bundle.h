// What a user sends along with a question: the machine, and of a run what it was told and what it said last.
//
// Law: nothing private leaves unasked. No environment but three variables of ours, no host or user name, no text that was
// trained on or generated, no folder names, of a recipe's files no names either. CONTENTS.txt in the bundle says so, too.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace bantam::cli {

// "/data/x/books.txt" → "…/books.txt", "https://me:secret@host" → "https://…@host".
std::string without_private(std::string_view text);

// Files by name. `run` may be empty; what cannot be read of it is said in its place.
std::vector<std::pair<std::string, std::string>> support_bundle(const Json& report,
                                                                const std::string& report_text,
                                                                const std::filesystem::path& run);

// As a tar archive where `to` ends in .tar, else as a new folder.
void write_bundle(const std::vector<std::pair<std::string, std::string>>& files,
                  const std::filesystem::path& to);

}  // namespace bantam::cli
