// bantam import: somebody else's model as a folder of ours.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/exchange.h"
#include "cli/model_flags.h"
#include "cli/model_writing.h"
#include "formats/torch_file.h"
#include "text/llama2c_tokenizer.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> bin_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".bin" && entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// The checkpoint of llama2.c that `source` is, or that it holds as a folder without a config.
std::optional<fs::path> find_llama2c(const fs::path& source) {
  if (fs::is_regular_file(source)) {
    if (source.extension() != ".bin" || is_torch_file(source)) return {};
    return source;
  }
  if (!fs::is_directory(source) || fs::exists(source / "config.json")) return {};
  std::optional<fs::path> found;
  for (const fs::path& file : bin_files(source)) {
    if (!Llama2c::recognises(file)) continue;
    require(!found, ErrorCode::usage, "{}: holds two checkpoints of llama2.c, {} and {}; name one of them",
            source.string(), found ? found->filename().string() : "", file.filename().string());
    found = file;
  }
  return found;
}

// The tokenizer beside it: of the files tok*.bin that one which has the model's number of tokens.
std::optional<Tokenizer> bring_llama2c_tokenizer(const Llama2c& source, const fs::path& staging) {
  std::string last_error;
  for (const fs::path& file :
       bin_files(source.path().parent_path().empty() ? "." : source.path().parent_path())) {
    if (!file.filename().string().starts_with("tok")) continue;
    try {
      const std::string model = llama2c_tokenizer_model(
          read_file(file, 1 << 28), static_cast<size_t>(source.config().vocab), file.string());
      write_file(staging / "tokenizer.model", model);
      return Tokenizer::load(staging);
    } catch (const Error& error) {
      last_error = error.what();
      fs::remove(staging / "tokenizer.model");
    }
  }
  log_warning("{}: no tokenizer of {} tokens (tok*.bin) lies beside it{}", source.path().string(),
              source.config().vocab, last_error.empty() ? "" : "; " + last_error);
  return {};
}

void import_checkpoint(const ExchangeFlags& flags, const fs::path& file) {
  require(flags.gn.empty() && flags.rename.empty(), ErrorCode::usage,
          "{}: is a checkpoint of llama2.c; --gn and --rename are for folders", file.string());
  require_new_folder(flags.out);
  const Llama2c source(file);
  const StoredDtype dtype = flags.dtype == "bf16" ? StoredDtype::bf16 : StoredDtype::f32;
  const InterruptScope interrupts;
  AtomicFolder target(flags.out);
  const auto tokenizer = bring_llama2c_tokenizer(source, target.staging());
  Exchanged result;
  {
    WritingProgress progress;
    result = import_llama2c(source, target.staging(), dtype, tokenizer ? tokenizer->sha256() : "",
                            std::ref(progress));
  }
  target.commit();
  report_exchange(flags, "llama2.c", {}, result, dtype);
}

}  // namespace

void add_import(CLI::App& app) {
  auto flags = std::make_shared<ExchangeFlags>();
  CLI::App* command = app.add_subcommand("import", "Makes a model folder from one of another project");
  command
      ->add_option(
          "source", flags->source,
          "A folder with config.json and safetensors or PyTorch files, sharded or not: Llama-class (Llama, "
          "Mistral, Qwen2, Qwen3, SmolLM3), Mamba-2, RWKV-7, Escarda, VUAF, or our own; or a checkpoint of "
          "llama2.c, with tok*.bin beside it")
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
    if (const auto checkpoint = find_llama2c(flags->source)) return import_checkpoint(*flags, *checkpoint);
    exchange(*flags, [&](const StoredModel& source, const std::filesystem::path& staging, StoredDtype dtype,
                         const ByteProgress& progress) {
      const auto tokenizer = bring_tokenizer(flags->source, source, staging);
      return import_model(source, staging, dtype, tokenizer ? tokenizer->sha256() : "", progress);
    });
  });
}

}  // namespace bantam::cli
