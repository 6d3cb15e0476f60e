// What the commands that run a model have in common: the folder, how it computes, on how many threads.
#pragma once
#include <optional>
#include <string>

#include "model/folder.h"
#include "text/tokenizer.h"

namespace CLI {
class App;
}

namespace bantam::cli {

struct ModelFlags {
  std::string model, tokenizer, dtype = "auto", halt_threshold, gn, rename;
  int threads = 0;
};

// MODEL, --dtype, --threads, --halt-threshold, --gn.
void add_model_flags(CLI::App& command, ModelFlags& flags);
void add_tokenizer_flag(CLI::App& command, ModelFlags& flags);
// --rename FILE, for commands that read other projects' folders; an empty file name renames nothing.
void add_rename_flag(CLI::App& command, std::string& file);
Renaming renaming_of(const std::string& file);
// A line for each tensor that was known by its place and shape alone.
void tell_guessed(const std::vector<GuessedName>& guessed);

// Loads the model as the flags say. "auto" computes in bf16 what is stored in bf16, else in f32.
LoadedModel open_model(const ModelFlags& flags, const ConfigChange& change = {});

// The tokenizer of the folder, or the one given, as matching_tokenizer of infer/text_model.h has it.
Tokenizer open_tokenizer(const ModelFlags& flags, const LoadedModel& loaded);

// The threshold at which a looped model exits: the flag's, else the model's own; absent: "off".
std::optional<double> halt_threshold(const ModelFlags& flags, const ModelConfig& config);

}  // namespace bantam::cli
