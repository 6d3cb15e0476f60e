// report.html: a run, or several beside each other, as one file that needs nothing else. Light or dark as the reader's
// system is.
// Law: nothing in it is fetched, and of a run's texts nothing runs: all are escaped, and the page's own policy allows no
// script but the one whose hash it names.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/config.h"
#include "report/run_record.h"

namespace bantam {

// What the model is, for the page of one run; where it cannot be told, a sentence why.
struct ReportedModel {
  std::optional<ModelConfig> config;
  std::string missing;
};

std::string report_page(const RunRecord& run, const ReportedModel& model);
std::string report_page(const std::vector<RunRecord>& runs);

}  // namespace bantam
