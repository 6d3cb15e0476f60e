// What a run needs, written down before its first step, so that what comes can be held against it.
#pragma once
#include "cli/run_folder.h"

namespace bantam::cli {

// plan.json in the run folder: what `bantam plan --json` prints. tokens_per_second: known from steps of this model; where it
// is 0, a few are tried, for at most half a percent of what the run's steps are expected to take.
void write_plan(const RunFolder& run, double tokens_per_second = 0);

}  // namespace bantam::cli
