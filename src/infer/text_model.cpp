#include "infer/text_model.h"

#include <nlohmann/json.hpp>

#include "infer/generation_config.h"
#include "text/end_tokens.h"

namespace bantam {
namespace fs = std::filesystem;

EngineOptions TextModel::engine_options() const {
  EngineOptions options;
  options.vocab = tokenizer.vocab_size();
  if (const auto& halt = decoder().config().loop.halt) options.halt_threshold = halt->threshold;
  return options;
}

TextModel open_text_model(const fs::path& folder, std::optional<Dtype> compute) {
  LoadedModel loaded = load_model(folder, Device::cpu, compute ? *compute : natural_compute(folder));
  const Tokenizer tokenizer = matching_tokenizer(folder, loaded.decoder->config().vocab, loaded.config_json);
  return {std::move(loaded), tokenizer, natural_settings(folder, tokenizer)};
}

Dtype natural_compute(const fs::path& folder, const Renaming& renaming) {
  const StoredModel stored(folder, {}, renaming);
  return stored.weights.natural_dtype() == StoredDtype::bf16 ? Dtype::bf16 : Dtype::f32;
}

Tokenizer matching_tokenizer(const fs::path& from, int64_t vocab, const std::string& config_json) {
  Tokenizer tokenizer = Tokenizer::load(from);
  require(tokenizer.vocab_size() <= static_cast<size_t>(vocab), ErrorCode::invalid,
          "{}: the tokenizer has {} tokens, the model {}; it belongs to another model", from.string(),
          tokenizer.vocab_size(), vocab);
  const Json config = parse_json(config_json, "config.json");
  if (const auto hash = config.find("tokenizer_sha256"); hash != config.end())
    require(*hash == tokenizer.sha256(), ErrorCode::invalid,
            "{}: the tokenizer's SHA-256 is {}, the model was made with {}; it belongs to another model",
            from.string(), tokenizer.sha256(), hash->dump());
  return tokenizer;
}

GenerationSettings natural_settings(const fs::path& folder, const Tokenizer& tokenizer) {
  GenerationSettings settings;
  settings.sampling.temperature = 0.7;
  read_generation_config(folder, settings);
  if (settings.stop_token_ids.empty())
    for (const TokenId id : end_tokens(tokenizer)) settings.stop_token_ids.push_back(id);
  return settings;
}

}  // namespace bantam
