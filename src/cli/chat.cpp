// bantam chat: a conversation with a model in the terminal.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/log.h"
#include "cli/chat_loop.h"
#include "cli/commands.h"
#include "cli/generation_flags.h"
#include "cli/model_flags.h"

namespace bantam::cli {
namespace {

struct ChatFlags {
  ModelFlags model;
  GenerationFlags generation;
  std::string system, category;
  bool json = false;
};

void run(const ChatFlags& flags) {
  const LoadedModel loaded = open_model(flags.model);
  const Tokenizer tokenizer = open_tokenizer(flags.model, loaded);
  const GenerationSettings settings = generation_settings(flags.generation, flags.model.model, tokenizer);
  Engine engine(*loaded.decoder, engine_options(flags.generation, flags.model, *loaded.decoder, tokenizer));
  Conversation conversation(engine, tokenizer, settings, flags.system, flags.category);
  log_note("seed {}", *settings.sampling.seed);
  chat_loop(conversation, flags.json);
}

}  // namespace

void add_chat(CLI::App& app) {
  auto flags = std::make_shared<ChatFlags>();
  CLI::App* command =
      app.add_subcommand("chat", "Talks with a model: a message a line, from the terminal or a pipe");
  add_model_flags(*command, flags->model);
  add_tokenizer_flag(*command, flags->model);
  add_generation_flags(*command, flags->generation);
  command->add_option("--system", flags->system, "Instructions that stand before the conversation");
  command->add_option("--category", flags->category,
                      "The category of VUAF's prompts (default: chat, or the tokenizer's first)");
  command->add_flag("--json", flags->json, "Print each answer as one JSON object a line");
  command->callback([flags] { run(*flags); });
}

}  // namespace bantam::cli
