// The flags that say how text is generated, shared by generate and chat.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/model_flags.h"
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

// The engine under --ctx-size, --drafts and the model's --halt-threshold; says so when the context is more than the model is
// made for. usage: a value out of range.
EngineOptions engine_options(const GenerationFlags& flags, const ModelFlags& model, const Decoder& decoder,
                             const Tokenizer& tokenizer);

}  // namespace bantam::cli
