// A model folder opened as people use it: the decoder, the tokenizer that it was trained with, and the settings that its
// files ask for. Where a program that continues or judges text begins (docs/library.md); each step of it stands below,
// for programs that take them one by one.
#pragma once
#include <filesystem>
#include <optional>

#include "infer/generate.h"
#include "model/folder.h"
#include "text/tokenizer.h"

namespace bantam {

struct TextModel {
  LoadedModel loaded;
  Tokenizer tokenizer;
  GenerationSettings settings;  // no seed

  const Decoder& decoder() const { return *loaded.decoder; }
  // Only what the tokenizer knows may be chosen; a looped model exits where its config says.
  EngineOptions engine_options() const;
};

// compute: what products run in; absent: natural_compute(). Errors: those of load_model and matching_tokenizer.
TextModel open_text_model(const std::filesystem::path& folder, std::optional<Dtype> compute = {});

// bf16 where the folder's weights are stored so, else f32.
Dtype natural_compute(const std::filesystem::path& folder, const Renaming& renaming = {});

// The tokenizer at `from`, for a model of `vocab` rows with this text of config.json. not_found; invalid: it is not the one
// that the model was trained with (by the hash in config.json), or has more tokens than the model.
Tokenizer matching_tokenizer(const std::filesystem::path& from, int64_t vocab,
                             const std::string& config_json);

// As the folder's files say, and where they say nothing: temperature 0.7, the tokenizer's own end tokens.
GenerationSettings natural_settings(const std::filesystem::path& folder, const Tokenizer& tokenizer);

}  // namespace bantam
