// README.md of a trained model's folder: what it is composed of, and what the records of its run say. Every number is of
// the config or of a record; the picture stands beside it as model.svg.
#pragma once
#include <string>

#include "model/config.h"
#include "model/part_costs.h"
#include "report/run_record.h"

namespace bantam {

std::string model_readme(const ModelConfig& config, const PartCosts& costs, const RunRecord& run);

// Text as Markdown that shows it as it is, on one line: what could be markup is escaped.
std::string markdown_text(std::string_view text);

}  // namespace bantam
