// bantam export: a model as a plain folder that other programs load.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/exchange.h"
#include "formats/hugging_face.h"

namespace bantam::cli {

void add_export(CLI::App& app) {
  auto flags = std::make_shared<ExchangeFlags>();
  auto format = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("export", "Writes a model for other programs");
  command->add_option("model", flags->source, "A model folder")->required();
  command->add_option("out", flags->out, "The new folder")->required();
  command
      ->add_option("--to", *format,
                   "hf: a Llama-class Hugging Face folder, as transformers, vLLM and llama.cpp read it")
      ->check(CLI::IsMember({"hf"}))
      ->required();
  add_exchange_flags(*command, *flags);
  command->callback([flags, format] {
    exchange(*flags, [&](const StoredModel& source, const std::filesystem::path& staging, StoredDtype dtype,
                         const ByteProgress& progress) {
      const auto tokenizer = bring_tokenizer(flags->source, source, staging);
      if (tokenizer)
        complete_text_files(staging, *tokenizer, static_cast<uint64_t>(source.found.config.context));
      return export_llama(source, staging, dtype, progress);
    });
  });
}

}  // namespace bantam::cli
