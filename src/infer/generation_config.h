// Settings of generation from a model folder, as Hugging Face writes them.
#pragma once
#include <filesystem>

#include "infer/generate.h"

namespace bantam {

// Lays generation_config.json over `settings` where the folder has one: temperature, top_k, top_p, min_p,
// repetition_penalty, max_new_tokens, eos_token_id; other keys are not about us. "do_sample": false is
// temperature 0. Ends of text that it does not name come from config.json. usage: a value out of its range,
// with file and key.
void read_generation_config(const std::filesystem::path& folder, GenerationSettings& settings);

}  // namespace bantam
