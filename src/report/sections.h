// The parts of report.html. Each is HTML made of what a record holds, every text in it escaped; empty where the record
// holds nothing of the kind.
#pragma once
#include <string>
#include <vector>

#include "report/run_record.h"

namespace bantam {

std::string key_figures(const RunRecord& run);
std::string curves_of_one(const RunRecord& run);
// One colour a run, over tokens: steps may be of different sizes.
std::string curves_of_several(const std::vector<RunRecord>& runs);
std::string figures_of_several(const std::vector<RunRecord>& runs);
std::string recipe_differences(const std::vector<RunRecord>& runs);
std::string plan_and_reality(const RunRecord& run);
std::string final_measure(const RunRecord& run);
std::string decisions(const RunRecord& run);
std::string samples_by_step(const RunRecord& run);
std::string skipped_steps(const RunRecord& run);
std::string what_is_missing(const RunRecord& run);

// Tokens a second over the whole run; 0 before the first step.
double mean_rate(const RunRecord& run);
// The most memory that a step's line tells of.
double most_memory(const RunRecord& run);

}  // namespace bantam
