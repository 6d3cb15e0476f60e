// report.html of a run folder, as `bantam report`, train and quickstart write it.
#pragma once
#include <filesystem>

namespace bantam::cli {

// Writes the page of one run from what its folder holds. not_found, corrupt: the log.
void write_report(const std::filesystem::path& run, const std::filesystem::path& out);

// RUN/report.html at the end of training. The run itself is done by then, so a page that cannot be written is a warning.
void write_report_beside(const std::filesystem::path& run);

}  // namespace bantam::cli
