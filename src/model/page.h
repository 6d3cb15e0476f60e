// A model as a page of HTML that needs nothing else: the picture, its parts in a table, the config in full.
#pragma once
#include <string>

#include "model/config.h"
#include "model/part_costs.h"

namespace bantam {

// A complete document without scripts; nothing is fetched. Numbers are those of `costs`, as in the picture.
std::string model_page(const ModelConfig& config, const PartCosts& costs);

}  // namespace bantam
