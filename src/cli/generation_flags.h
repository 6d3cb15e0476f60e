// The flags that say how text is generated, shared by generate and chat.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "infer/generate.h"

namespace CLI {
class App;
}

namespace bantam::cli {

struct GenerationFlags {
  std::optional<int64_t> max_tokens, top_k, repetition_window;
  std::optional<double> temperature, top_p, min_p, repetition_penalty;
  std::optional<uint64_t> seed;
  std::string top_p_rule;
  std::vector<std::string> stop;
  std::vector<int64_t> stop_token_ids;
  int64_t context = 0, drafts = 0;
};

void add_generation_flags(CLI::App& command, GenerationFlags& flags);

// Flags over the folder's generation_config.json over the built-in defaults (temperature 0.7). A seed is
// drawn where none is given. Texts end at the tokenizer's end tokens unless the folder names others. usage: a
// value out of range.
GenerationSettings generation_settings(const GenerationFlags& flags, const std::filesystem::path& folder,
                                       const Tokenizer& tokenizer);

// The engine's context under --ctx-size; says so when that is more than the model is made for.
size_t context_size(const GenerationFlags& flags, const ModelConfig& config);

}  // namespace bantam::cli
