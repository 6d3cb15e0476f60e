// bantam import: somebody else's model as a folder of ours.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/exchange.h"
#include "cli/model_flags.h"

namespace bantam::cli {

void add_import(CLI::App& app) {
  auto flags = std::make_shared<ExchangeFlags>();
  CLI::App* command = app.add_subcommand("import", "Makes a model folder from one of another project");
  command
      ->add_option("source", flags->source,
                   "A folder with config.json and safetensors, sharded or not: Llama-class, Mamba-2, RWKV-7, "
                   "Escarda, VUAF, or our own")
      ->required();
  command->add_option("out", flags->out, "The new model folder")->required();
  command
      ->add_option(
          "--gn", flags->gn,
          "Statistics of a VUAF model's norm, kept in its config: sequence, as published, or token (default: "
          "what the source says, else sequence)")
      ->check(CLI::IsMember({"token", "sequence"}));
  add_rename_flag(*command, flags->rename);
  add_exchange_flags(*command, *flags);
  command->callback([flags] {
    exchange(*flags, [&](const StoredModel& source, const std::filesystem::path& staging, StoredDtype dtype,
                         const ByteProgress& progress) {
      const auto tokenizer = bring_tokenizer(flags->source, source, staging);
      return import_model(source, staging, dtype, tokenizer ? tokenizer->sha256() : "", progress);
    });
  });
}

}  // namespace bantam::cli
