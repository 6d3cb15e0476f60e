// The number that a JSON file of ours carries under "format_version", so that an older program can say that a file is of a
// later one, instead of misreading it. Which formats there are: docs/formats.
#pragma once
#include <string>

#include "base/json.h"

namespace bantam {

inline constexpr const char* kFormatVersion = "format_version";

// Throws unless `json` is of a version that this program reads, 1 to `newest`; where there is no number, it is of
// version 1. `where` opens the message. corrupt: no whole number from 1 on. unsupported: a later version.
void check_format_version(const Json& json, int newest, const std::string& where);

// The same for a file that was never without its number. corrupt: it has none.
void require_format_version(const Json& json, int newest, const std::string& where);

// As check_format_version, and takes the number out: for what is then read key by key.
void take_format_version(Json& json, int newest, const std::string& where);

}  // namespace bantam
