#include "cli/generation_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "base/log.h"
#include "infer/text_model.h"

namespace bantam::cli {

namespace {

// CLI::Range would say 0.001000.
CLI::Validator within(double low, double high) {
  const std::string range = fmt::format("{} to {}", low, high);
  return CLI::Validator(
      [low, high, range](const std::string& text) {
        double value = low;
        const bool number = CLI::detail::lexical_cast(text, value);  // else the conversion says so
        return !number || (value >= low && value <= high) ? "" : text + " is not within " + range;
      },
      range);
}

// A flag for the key of a config, with the limits that it has there.
template <class Settings, class T>
CLI::Option* add_setting(CLI::App& command, const char* names, std::optional<T>& value, const char* key,
                         const char* meaning) {
  const FieldLimits& limits = schema_of<Settings>().find(key)->limits;
  return command.add_option(names, value, meaning)->check(within(limits.low, limits.high));
}

void add_sampling_flags(CLI::App& command, GenerationFlags& flags) {
  using S = SamplingSettings;
  add_setting<S>(command, "--temperature", flags.temperature, "temperature",
                 "0 is greedy (default: the model's own, else 0.7)");
  add_setting<S>(command, "--top-k", flags.top_k, "top_k", "Only the k likeliest tokens; 0 is all");
  // Not the key's limits: files of VUAF say more than 1 for no bound.
  command
      .add_option("--top-p", flags.top_p, "Only the likeliest tokens that together reach this probability")
      ->check(within(0, 1));
  command.add_option("--top-p-rule", flags.top_p_rule, "Whether the token that crosses top_p stays")
      ->check(CLI::IsMember({"keep_crossing", "drop_crossing"}));
  add_setting<S>(command, "--min-p", flags.min_p, "min_p",
                 "Only tokens at least this likely, relative to the likeliest");
  add_setting<S>(command, "--repetition-penalty", flags.repetition_penalty, "repetition_penalty",
                 "Above 1: tokens seen before become less likely");
  add_setting<S>(command, "--repetition-window", flags.repetition_window, "repetition_window",
                 "Tokens it looks back on, at least 256; 0 is all");
}

}  // namespace

void add_generation_flags(CLI::App& command, GenerationFlags& flags) {
  add_setting<GenerationSettings>(command, "-n,--max-tokens", flags.max_tokens, "max_tokens",
                                  "Most tokens to generate (default 200)");
  add_sampling_flags(command, flags);
  command.add_option("--seed", flags.seed, "The same seed gives the same text (default: drawn, and shown)");
  command.add_option("--stop", flags.stop, "A text that ends the answer; may be given several times")
      ->take_all();
  command.add_option("--stop-token-ids", flags.stop_token_ids, "Tokens that end it, beside the model's own")
      ->delimiter(',');
  command
      .add_option("--drafts", flags.drafts,
                  "Tokens that a model's further heads propose at a time; the text stays the same")
      ->check(CLI::Range(0, 15));
  command.add_option("--ctx-size", flags.context, "Most tokens of a sequence (default: the model's context)")
      ->check(CLI::Range(2, 1 << 24));
}

GenerationSettings generation_settings(const GenerationFlags& flags, const std::filesystem::path& folder,
                                       const Tokenizer& tokenizer) {
  GenerationSettings settings = natural_settings(folder, tokenizer);
  Json sampling = Json::object(), all = Json::object();
  const auto give = [](Json& to, const char* key, const auto& value) {
    if (value) to[key] = *value;
  };
  give(sampling, "temperature", flags.temperature);
  give(sampling, "top_k", flags.top_k);
  give(sampling, "top_p", flags.top_p);
  give(sampling, "min_p", flags.min_p);
  give(sampling, "repetition_penalty", flags.repetition_penalty);
  give(sampling, "repetition_window", flags.repetition_window);
  give(sampling, "seed", flags.seed);
  if (!flags.top_p_rule.empty()) sampling["top_p_rule"] = flags.top_p_rule;
  give(all, "max_tokens", flags.max_tokens);
  all["sampling"] = sampling;
  schema_of<GenerationSettings>().read(&settings, all, {"command line"});
  settings.stop = flags.stop;
  for (const int64_t id : flags.stop_token_ids)
    require(id >= 0 && static_cast<size_t>(id) < tokenizer.vocab_size(), ErrorCode::usage,
            "--stop-token-ids: {} is no token; the tokenizer has 0 to {}", id, tokenizer.vocab_size() - 1);
  settings.stop_token_ids.insert(settings.stop_token_ids.end(), flags.stop_token_ids.begin(),
                                 flags.stop_token_ids.end());
  if (!settings.sampling.seed) settings.sampling.seed = std::random_device{}();
  return settings;
}

EngineOptions engine_options(const GenerationFlags& flags, const ModelFlags& model, const Decoder& decoder,
                             const Tokenizer& tokenizer) {
  const ModelConfig& config = decoder.config();
  if (flags.context > config.context)
    log_warning("--ctx-size {}: the model is made for {} tokens; what comes after them may make no sense",
                flags.context, config.context);
  EngineOptions options;
  options.context = static_cast<size_t>(flags.context > 0 ? flags.context : config.context);
  options.vocab = tokenizer.vocab_size();
  options.halt_threshold = halt_threshold(model, config);
  options.drafts = static_cast<size_t>(flags.drafts);
  return options;
}

}  // namespace bantam::cli
