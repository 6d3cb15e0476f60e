#include "cli/exchange.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/model_flags.h"
#include "cli/model_writing.h"
#include "formats/hugging_face.h"
#include "infer/text_model.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

StoredDtype wanted_dtype(const ExchangeFlags& flags, const StoredModel& model) {
  if (flags.dtype == "auto") return model.weights.natural_dtype();
  return flags.dtype == "bf16" ? StoredDtype::bf16 : StoredDtype::f32;
}

// Tensors by the first word of their names: "mtp.2.w1.weight" and its like are said at once.
void tell_left_out(const std::vector<std::string>& tensors) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const std::string& name : tensors) groups[name.substr(0, name.find('.'))].push_back(name);
  for (const auto& [group, names] : groups)
    log_note("left out: {} {} of {} ({}{})", names.size(), names.size() == 1 ? "tensor" : "tensors", group,
             names.front(), names.size() > 1 ? fmt::format(" … {}", names.back()) : "");
}

void report(const ExchangeFlags& flags, const StoredModel& source, const Exchanged& result,
            StoredDtype dtype) {
  tell_left_out(result.left_out);
  const std::string type(info(dtype).name);
  if (flags.json) {
    Json read_as = Json::object();
    for (const GuessedName& tensor : source.weights.guessed()) read_as[tensor.name] = tensor.read_as;
    fmt::print("{}", dump_json({{"out", flags.out},
                                {"family", source.found.family->name},
                                {"dtype", type},
                                {"parameters", result.parameters},
                                {"model_state_sha256", result.model_state_sha256},
                                {"left_out", result.left_out},
                                {"read_as", read_as}}));
    return;
  }
  fmt::print("{}: {} parameters in {}, model_state_sha256 {}\n", flags.out, grouped(result.parameters), type,
             result.model_state_sha256);
}

}  // namespace

void add_exchange_flags(CLI::App& command, ExchangeFlags& flags) {
  command
      .add_option("--dtype", flags.dtype,
                  "Of the written weights; auto: bf16 when all are stored so, else f32")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->capture_default_str();
  command.add_flag("--json", flags.json, "Print one JSON object");
}

std::optional<Tokenizer> bring_tokenizer(const fs::path& source, const StoredModel& model,
                                         const fs::path& staging) {
  if (!copy_text_files(source, staging)) {
    log_warning("{}: has no tokenizer; give --tokenizer to the commands that read text", source.string());
    return {};
  }
  try {
    return matching_tokenizer(source, model.found.config.vocab, model.config_json);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported) throw;
    log_warning("the tokenizer is copied, but this build cannot use it: {}", error.what());
    return {};
  }
}

void exchange(const ExchangeFlags& flags, const ExchangeStep& write) {
  require_new_folder(flags.out);
  const StoredModel source(
      flags.source,
      [&](ModelConfig& config) {
        if (!flags.gn.empty()) set_mixer_option(config, "group_norm", flags.gn, "--gn");
      },
      renaming_of(flags.rename));
  tell_guessed(source.weights.guessed());
  const StoredDtype dtype = wanted_dtype(flags, source);
  const InterruptScope interrupts;
  AtomicFolder target(flags.out);
  Exchanged result;
  {
    WritingProgress progress;
    result = write(source, target.staging(), dtype, std::ref(progress));
  }
  target.commit();
  report(flags, source, result, dtype);
}

}  // namespace bantam::cli
