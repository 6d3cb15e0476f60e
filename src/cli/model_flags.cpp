#include "cli/model_flags.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/threads.h"
#include "infer/text_model.h"

namespace bantam::cli {
namespace {

Dtype compute_dtype(const ModelFlags& flags) {
  if (flags.dtype == "f32") return Dtype::f32;
  if (flags.dtype == "bf16") return Dtype::bf16;
  return natural_compute(flags.model, renaming_of(flags.rename));
}

}  // namespace

void add_model_flags(CLI::App& command, ModelFlags& flags) {
  command.add_option("model", flags.model, "A model folder")->required();
  command
      .add_option("--dtype", flags.dtype, "Compute in f32 or bf16; auto: bf16 when the weights are stored so")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->capture_default_str();
  command
      .add_option("--threads", flags.threads, "Threads to use (default: all of this process's processors)")
      ->check(CLI::Range(1, 1024));
  command.add_option(
      "--halt-threshold", flags.halt_threshold,
      "Of a looped model: exit at the first step whose hazard reaches it, or off (default: the model's)");
  command
      .add_option(
          "--gn", flags.gn,
          "Statistics of a recurrent mixer's norm: per token, or over the sequence (default: the model's)")
      ->check(CLI::IsMember({"token", "sequence"}));
}

void add_tokenizer_flag(CLI::App& command, ModelFlags& flags) {
  command.add_option("--tokenizer", flags.tokenizer,
                     "A tokenizer's file or folder (default: the model's own)");
}

void add_rename_flag(CLI::App& command, std::string& file) {
  command.add_option(
      "--rename", file,
      "What tensors are called that the source names otherwise: JSON of {\"name in the file\": "
      "\"name it is read as\"}; {} in both stands for one part of a name, as a layer's number");
}

Renaming renaming_of(const std::string& file) { return file.empty() ? Renaming() : read_renaming(file); }

void tell_guessed(const std::vector<GuessedName>& guessed) {
  for (const GuessedName& tensor : guessed)
    log_note("unknown name {} {} read as {}, by its place and shape", tensor.name, tensor.shape,
             tensor.read_as);
}

LoadedModel open_model(const ModelFlags& flags, const ConfigChange& change) {
  if (flags.threads > 0) set_thread_count(flags.threads);
  LoadedModel loaded = load_model(
      flags.model, Device::cpu, compute_dtype(flags),
      [&](ModelConfig& config) {
        if (!flags.gn.empty()) set_mixer_option(config, "group_norm", flags.gn, "--gn");
        if (change) change(config);
      },
      renaming_of(flags.rename));
  tell_guessed(loaded.guessed);
  return loaded;
}

Tokenizer open_tokenizer(const ModelFlags& flags, const LoadedModel& loaded) {
  return matching_tokenizer(flags.tokenizer.empty() ? flags.model : flags.tokenizer,
                            loaded.decoder->config().vocab, loaded.config_json);
}

std::optional<double> halt_threshold(const ModelFlags& flags, const ModelConfig& config) {
  if (flags.halt_threshold == "off" || !config.loop.halt) {
    require(flags.halt_threshold.empty() || flags.halt_threshold == "off", ErrorCode::usage,
            "--halt-threshold: this model does not halt");
    return {};
  }
  if (flags.halt_threshold.empty()) return config.loop.halt->threshold;
  size_t used = 0;
  double value = -1;
  try {
    value = std::stod(flags.halt_threshold, &used);
  } catch (const std::exception&) {
  }
  require(used == flags.halt_threshold.size() && value >= 0 && value <= 1, ErrorCode::usage,
          "--halt-threshold: is {}, wanted a number from 0 to 1, or off", flags.halt_threshold);
  return value;
}

}  // namespace bantam::cli
