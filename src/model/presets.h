// The presets: model cards whose names and numbers expand to a composition.
#pragma once
#include <optional>
#include <string>

#include "base/json.h"

namespace bantam {

// {"preset": NAME, …overrides by the cards' names} as a full model.json. usage errors name the key or the preset.
Json expand_preset(const Json& json, const std::string& where, std::optional<int64_t> vocab = {});
// The keys of model.json, their meaning and defaults (parts document their own), and those beside "preset".
std::string model_markdown();
std::string preset_markdown();

}  // namespace bantam
