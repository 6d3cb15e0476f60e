// bantam export: a model as a plain folder that other programs load.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/exchange.h"
#include "formats/hugging_face.h"
#include "formats/torch_writer.h"
#include "model/remote/modeling_bantam.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

Exchanged to_hugging_face(const ExchangeFlags& flags, const StoredModel& source, const fs::path& staging,
                          StoredDtype dtype, const ByteProgress& progress) {
  const auto tokenizer = bring_tokenizer(flags.source, source, staging);
  if (tokenizer) complete_text_files(staging, *tokenizer, static_cast<uint64_t>(source.found.config.context));
  Json llama;
  const std::string reason = as_llama(source.found.config, llama);
  if (reason.empty()) return export_llama(source, staging, dtype, progress);
  log_note("{}; transformers has no class for it: {} goes out with it, for trust_remote_code", reason,
           kRemoteCodeFile);
  return export_remote_code(source, staging, dtype, tokenizer ? tokenizer->sha256() : "", progress);
}

// The same folder with its tensors in a file of torch.save.
Exchanged to_torch(const ExchangeFlags& flags, const StoredModel& source, const fs::path& staging,
                   StoredDtype dtype, const ByteProgress& progress) {
  const Exchanged result = to_hugging_face(flags, source, staging, dtype, progress);
  const fs::path weights = staging / "model.safetensors";
  write_torch_file(staging / "pytorch_model.bin", TensorFiles(weights));
  fs::remove(weights);
  return result;
}

Exchanged to_packed(const ExchangeFlags& flags, const StoredModel& source, const fs::path& staging,
                    StoredDtype dtype, const ByteProgress& progress) {
  const auto tokenizer = bring_tokenizer(flags.source, source, staging);
  return pack_ternary(source, staging, dtype, tokenizer ? tokenizer->sha256() : "", progress);
}

Exchanged to_vuaf(const ExchangeFlags& flags, const StoredModel& source, const fs::path& staging,
                  StoredDtype dtype, const ByteProgress& progress) {
  const Exchanged result = export_vuaf(source, staging, dtype, progress);
  if (fs::exists(fs::path(flags.source) / "spm.model")) {
    for (const char* name : {"spm.model", "spm.vocab", "categories.json", "tokenizer.json"})
      if (const fs::path file = fs::path(flags.source) / name; fs::exists(file))
        write_file(staging / name, MappedFile(file).text());
  } else {
    log_warning(
        "{}: has no spm.model, so the checkpoint has no tokenizer; VUAF's package needs one of its own "
        "kind, as `bantam tokenizer train --kind sentencepiece` makes",
        flags.source);
  }
  const std::vector<LayerConfig>& layers = source.found.config.layers;
  const bool has_norm = std::any_of(layers.begin(), layers.end(),
                                    [](const LayerConfig& layer) { return layer.mixer.kind == "rwkv7"; });
  if (has_norm && !source.shapes.whole_sequence())
    log_warning(
        "this model's norm takes its statistics per token; VUAF's package takes them over the whole "
        "sequence and will compute something else. metadata.json says so, and bantam reads it there");
  return result;
}

}  // namespace

void add_export(CLI::App& app) {
  auto flags = std::make_shared<ExchangeFlags>();
  auto format = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("export", "Writes a model for other programs");
  command->add_option("model", flags->source, "A model folder")->required();
  command->add_option("out", flags->out, "The new folder")->required();
  command
      ->add_option(
          "--to", *format,
          "hf: a Hugging Face folder; a Llama-class model as transformers, vLLM and llama.cpp read it, any "
          "other with our own PyTorch file, for transformers with trust_remote_code; bin: the same with "
          "pytorch_model.bin in place of safetensors; vuaf: a checkpoint of VUAF's package, in f32 unless "
          "told; packed: a model folder of ours whose ternary weights take 2 bits each")
      ->check(CLI::IsMember({"hf", "bin", "vuaf", "packed"}))
      ->required();
  add_exchange_flags(*command, *flags);
  command->callback([flags, format] {
    if (*format == "vuaf" && flags->dtype == "auto") flags->dtype = "f32";
    flags->rounds_ternary = *format == "packed";
    exchange(*flags, [&](const StoredModel& source, const fs::path& staging, StoredDtype dtype,
                         const ByteProgress& progress) {
      const auto write = *format == "vuaf"     ? to_vuaf
                         : *format == "packed" ? to_packed
                         : *format == "bin"    ? to_torch
                                               : to_hugging_face;
      return write(*flags, source, staging, dtype, progress);
    });
  });
}

}  // namespace bantam::cli
