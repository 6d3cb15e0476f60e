// What this machine offers a run, and what of it makes runs slow.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace bantam::cli {

// Facts in sections: program, system, processors, memory, disk (of `folder`), energy; with `timed` also rates, which take
// about three seconds and 1.1 GB of memory. What the system does not say is null.
Json machine_report(const std::filesystem::path& folder, bool timed);

struct Finding {
  std::string what, advice;
};
// A function of the report alone, the gravest first.
std::vector<Finding> findings(const Json& report);

}  // namespace bantam::cli
