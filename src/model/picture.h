// A model as a picture: its composition from the tokens down to the heads, and beside each part what it holds and works.
#pragma once
#include <string>
#include <vector>

#include "model/config.h"
#include "model/part_costs.h"

namespace bantam {

// A complete SVG document, readable in light and dark. Equal layers, and patterns of layers that come again, are drawn
// once with their number. Numbers are those of `costs`, of all copies and all steps of a loop, so that a column adds up.
std::string model_picture(const ModelConfig& config, const PartCosts& costs);

// Layers [first, first + period) come `times` times, one after the other.
struct LayerPattern {
  size_t first = 0, period = 1, times = 1;
};
std::vector<LayerPattern> layer_patterns(const std::vector<LayerConfig>& layers);

// "37.7 M": three digits. "0" for nothing.
std::string flops_text(double flops);
// A part's options in words: "heads 8, kv heads 2, bias". What is 0, false or only of a new model is left out.
std::string options_text(const PartConfig& part);

}  // namespace bantam
