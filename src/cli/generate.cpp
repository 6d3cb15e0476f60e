// bantam generate: a prompt continued, once.
#include "infer/generate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/interrupt.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/generation_flags.h"
#include "cli/model_flags.h"
#include "formats/compressed.h"
#include "formats/hugging_face.h"
#include "formats/image.h"
#include "text/chat.h"

namespace bantam::cli {
namespace {

struct GenerateFlags {
  ModelFlags model;
  GenerationFlags generation;
  std::optional<std::string> prompt;
  std::string image;
  std::string special = "none", category;
  bool chat = false, echo = false, json = false;
};

std::string prompt_text(const GenerateFlags& flags) {
  require(flags.prompt.has_value(), ErrorCode::usage,
          "generate: wanted --prompt TEXT, or - to read the prompt from standard input");
  if (*flags.prompt != "-") return *flags.prompt;
  CompressedReader reader("-");
  std::string text, block(size_t{1} << 16, '\0');
  while (const size_t got = reader.read(block)) text.append(block, 0, got);
  return text;
}

std::vector<TokenId> ids_of(const GenerateFlags& flags, const std::string& text, const Tokenizer& tokenizer) {
  if (flags.chat) {
    const ChatMessage message[] = {{ChatRole::user, text}};
    return ChatFormat(tokenizer, flags.category).prompt(message);
  }
  return prompt_ids(tokenizer, text, flags.special == "parse" ? Special::parse : Special::none);
}

void put_image(const std::string& file, const Engine& engine, Sequence& sequence) {
  const auto& images = engine.model().config().embed.patches;
  require(images.has_value(), ErrorCode::usage,
          "--image: this model takes none: it has no chart-patch encoder (embed.patches of its config)");
  engine.extend_image(sequence, letterboxed(read_image(file), static_cast<size_t>(images->image_size)));
}

void write(std::string_view text) {
  require(std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0,
          ErrorCode::io, "standard output: could not be written");
}

double rate(const Generation& g) {
  return g.ids.size() > 1 && g.seconds > 0 ? static_cast<double>(g.ids.size() - 1) / g.seconds : 0;
}

// "drafts 2: 61 of 99, …": of the head for the token so far ahead.
std::string drafts_text(const DraftCounts& counts) {
  std::string text;
  for (size_t i = 0; i < counts.seen.size(); ++i)
    text += fmt::format("{} {} ahead: {} of {}", i == 0 ? "; drafts" : ",", i + 2, counts.stood[i],
                        counts.seen[i]);
  return text;
}

Json report(const Generation& g, const SamplingSettings& sampling, const ModelConfig& config,
            const DraftCounts& drafts) {
  Json json = {{"text", g.text},
               {"finish_reason", name_of(g.finish)},
               {"seed", *sampling.seed},
               {"prompt_tokens", g.prompt_tokens},
               {"completion_tokens", g.ids.size()},
               {"ids", g.ids}};
  if (config.loop.halt) json["exit_steps"] = g.exit_steps;
  if (!drafts.seen.empty()) json["drafts"] = {{"seen", drafts.seen}, {"stood", drafts.stood}};
  json["fallbacks"] = g.fallbacks;
  json["prompt_seconds"] = g.prompt_seconds;
  json["tokens_per_second"] = rate(g);
  json["sampling"] = write_config(sampling);
  return json;
}

void run(const GenerateFlags& flags) {
  const std::string text = prompt_text(flags);
  const LoadedModel loaded = open_model(flags.model);
  const Tokenizer tokenizer = open_tokenizer(flags.model, loaded);
  const GenerationSettings settings = generation_settings(flags.generation, flags.model.model, tokenizer);
  Engine engine(*loaded.decoder, engine_options(flags.generation, flags.model, *loaded.decoder, tokenizer));
  Sequence sequence = engine.begin(settings.sampling);
  if (!flags.image.empty()) put_image(flags.image, engine, sequence);
  engine.extend(sequence, ids_of(flags, text, tokenizer));

  const InterruptScope interrupts;
  if (flags.echo && !flags.json) write(text);
  const Generation g = generate(engine, sequence, tokenizer, settings, [&](std::string_view piece) {
    if (!flags.json) write(piece);
    return !interrupted();
  });
  if (flags.json) {
    fmt::print("{}\n", report(g, settings.sampling, loaded.decoder->config(), engine.draft_counts())
                           .dump(-1, ' ', false, Json::error_handler_t::replace));
  } else {
    write("\n");
    fmt::print(stderr, "{} tokens after a prompt of {}, {:.1f} a second; seed {}{}\n", g.ids.size(),
               g.prompt_tokens, rate(g), *settings.sampling.seed, drafts_text(engine.draft_counts()));
  }
  if (g.finish == Finish::context)
    log_warning("the text ends because the context of {} tokens is full", engine.context());
  if (g.fallbacks > 0)
    log_warning("{} tokens were chosen greedily: the model's logits held NaN or infinity", g.fallbacks);
  if (g.finish == Finish::interrupted) fail(ErrorCode::cancelled, "generate: interrupted");
}

}  // namespace

void add_generate(CLI::App& app) {
  auto flags = std::make_shared<GenerateFlags>();
  CLI::App* command = app.add_subcommand("generate", "Continues a prompt");
  add_model_flags(*command, flags->model);
  command->add_option("text,--prompt", flags->prompt, "The prompt; - reads it from standard input");
  command->add_option("--image", flags->image,
                      "A PNG or JPEG file that stands before the prompt, where the model takes images");
  add_tokenizer_flag(*command, flags->model);
  add_generation_flags(*command, flags->generation);
  command->add_option("--special", flags->special, "Special tokens in the prompt: spelled out, or parsed")
      ->check(CLI::IsMember({"none", "parse"}))
      ->capture_default_str();
  command->add_flag("--chat", flags->chat, "The prompt is a user's message; what follows is the answer");
  command->add_option("--category", flags->category, "With --chat: the category of VUAF's prompts");
  command->add_flag("--echo", flags->echo, "Show the prompt before the text");
  command->add_flag("--json", flags->json, "Print one JSON object at the end");
  command->callback([flags] { run(*flags); });
}

}  // namespace bantam::cli
