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
#include "infer/trial.h"

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

ConfigChange change_of(const ExchangeFlags& flags) {
  return [gn = flags.gn](ModelConfig& config) {
    if (!gn.empty()) set_mixer_option(config, "group_norm", gn, "--gn");
  };
}

// Loads what was written and holds its logits against those of the source, whose weights are rounded as the file's are.
void verify_written(const ExchangeFlags& flags, const fs::path& written, StoredDtype dtype,
                    uint64_t parameters) {
  if (flags.no_verify) return;
  if (!fits_for_trial(parameters)) {
    log_warning(
        "{}: is too large for this machine's memory in f32; its logits are not held against the source's",
        flags.out);
    return;
  }
  const Trial theirs = try_model(written);
  const Trial ours =
      try_model(flags.source, {change_of(flags), renaming_of(flags.rename), dtype == StoredDtype::bf16});
  const double difference = largest_difference(ours, theirs);
  if (flags.rounds_ternary)
    log_note("verified: {} loads; its logits differ from the source's by at most {:.2g}", flags.out,
             difference);
  else
    require(difference <= 1e-5, ErrorCode::invalid,
            "{}: what was written computes something else than {}: logits differ by {:.2g}; nothing is kept",
            flags.out, flags.source, difference);
}

}  // namespace

void report_exchange(const ExchangeFlags& flags, const std::string& family,
                     const std::vector<GuessedName>& guessed, const Exchanged& result, StoredDtype dtype) {
  tell_left_out(result.left_out);
  const std::string type(info(dtype).name);
  if (flags.json) {
    Json read_as = Json::object();
    for (const GuessedName& tensor : guessed) read_as[tensor.name] = tensor.read_as;
    fmt::print("{}", dump_json({{"out", flags.out},
                                {"family", family},
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

void add_exchange_flags(CLI::App& command, ExchangeFlags& flags) {
  command
      .add_option("--dtype", flags.dtype,
                  "Of the written weights; auto: bf16 when all are stored so, else f32")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->capture_default_str();
  command.add_flag("--no-verify", flags.no_verify,
                   "Do not load what was written and hold its logits against the source's");
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
  const StoredModel source(flags.source, change_of(flags), renaming_of(flags.rename));
  tell_guessed(source.weights.guessed());
  const StoredDtype dtype = wanted_dtype(flags, source);
  const InterruptScope interrupts;
  AtomicFolder target(flags.out);
  Exchanged result;
  {
    WritingProgress progress;
    result = write(source, target.staging(), dtype, std::ref(progress));
  }
  verify_written(flags, target.staging(), dtype, source.shapes.parameters());
  target.commit();
  report_exchange(flags, source.found.family->name, source.weights.guessed(), result, dtype);
}

}  // namespace bantam::cli
