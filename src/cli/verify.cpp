// bantam verify: whether a model folder is what it says it is, and computes what it should.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/model_flags.h"
#include "infer/text_model.h"
#include "infer/trial.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

struct VerifyFlags {
  std::string model, other, rename, gn;
  double tolerance = 2e-4;
  bool json = false;
};

// What was looked at, and how it stands. Anything but a success fails the command in the end.
class Findings {
 public:
  void add(const std::string& what, bool good, const std::string& how) {
    all_.push_back({{"check", what}, {"ok", good}, {"finding", how}});
    if (!good) failed_ += (failed_.empty() ? "" : "; ") + what + ": " + how;
  }
  void print(bool as_json, const std::string& model) const {
    if (as_json) {
      fmt::print("{}", dump_json({{"model", model}, {"ok", failed_.empty()}, {"checks", all_}}));
      return;
    }
    for (const Json& finding : all_)
      fmt::print("{:4} {:12} {}\n", finding["ok"] == true ? "ok" : "BAD", finding["check"].get<std::string>(),
                 finding["finding"].get<std::string>());
  }
  const std::string& failed() const { return failed_; }

 private:
  Json all_ = Json::array();
  std::string failed_;
};

TrialOptions trial_options(const VerifyFlags& flags) {
  TrialOptions options;
  options.renaming = renaming_of(flags.rename);
  if (!flags.gn.empty())
    options.change = [gn = flags.gn](ModelConfig& config) {
      set_mixer_option(config, "group_norm", gn, "--gn");
    };
  return options;
}

void check_files(const StoredModel& stored, const VerifyFlags& flags, Findings& findings) {
  const Json config = parse_json(stored.config_json, (fs::path(flags.model) / "config.json").string());
  findings.add("tensors", true,
               fmt::format("{} of family {}, as config.json calls for them", stored.weights.named().size(),
                           stored.found.family->name));
  const StateHash hash(stored);
  findings.add("weights", hash.as_recorded(),
               fmt::format("model_state_sha256 {}, {}", hash.found,
                           !hash.recorded       ? "none is recorded"
                           : hash.as_recorded() ? "as recorded"
                                                : "recorded is " + *hash.recorded));
  if (!has_tokenizer(flags.model)) {
    findings.add("tokenizer", !config.contains("tokenizer_sha256"),
                 config.contains("tokenizer_sha256") ? "is recorded, but not there" : "none is there");
    return;
  }
  try {
    const Tokenizer tokenizer =
        matching_tokenizer(flags.model, stored.found.config.vocab, stored.config_json);
    findings.add(
        "tokenizer", true,
        fmt::format("{} tokens, {}", tokenizer.vocab_size(),
                    config.contains("tokenizer_sha256") ? "as recorded" : "no hash of it is recorded"));
  } catch (const Error& error) {
    findings.add("tokenizer", error.code() == ErrorCode::unsupported, error.what());
  }
}

void check_logits(const VerifyFlags& flags, Findings& findings) {
  const TrialOptions options = trial_options(flags);
  const Trial first = try_model(flags.model, options);
  findings.add("logits", first.finite, first.finite ? "all are numbers" : "some are no numbers");
  findings.add(
      "decoding", first.stepwise_agrees,
      first.stepwise_agrees ? "token by token as in one piece" : "token by token differs from in one piece");
  const bool again = largest_difference(first, try_model(flags.model, options)) == 0;
  findings.add("reload", again, again ? "the same bits" : "loaded again it computes something else");
  if (flags.other.empty()) return;
  TrialOptions as_it_says;
  const double difference = largest_difference(first, try_model(flags.other, as_it_says));
  findings.add("comparison", difference <= flags.tolerance,
               fmt::format("logits of {} differ by at most {:.2g}, allowed is {:.2g}", flags.other,
                           difference, flags.tolerance));
}

void verify(const VerifyFlags& flags) {
  Findings findings;
  uint64_t parameters = 0;
  {
    const StoredModel stored(flags.model, trial_options(flags).change, renaming_of(flags.rename));
    tell_guessed(stored.weights.guessed());
    check_files(stored, flags, findings);
    parameters = stored.shapes.parameters();
  }
  if (fits_for_trial(parameters))
    check_logits(flags, findings);
  else
    log_warning("{}: is too large for this machine's memory in f32; its logits are not looked at",
                flags.model);
  findings.print(flags.json, flags.model);
  require(findings.failed().empty(), ErrorCode::invalid, "{}: {}", flags.model, findings.failed());
}

}  // namespace

void add_verify(CLI::App& app) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* command = app.add_subcommand(
      "verify", "Checks a model folder: hashes, tensors, loading, logits; against another folder too");
  command->add_option("model", flags->model, "A model folder")->required();
  command->add_option("other", flags->other, "A folder that must compute the same logits");
  command->add_option("--tolerance", flags->tolerance, "How far a logit may be from the other folder's")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option(
          "--gn", flags->gn,
          "Statistics of a recurrent mixer's norm in MODEL: per token, or over the sequence (default: the "
          "model's)")
      ->check(CLI::IsMember({"token", "sequence"}));
  add_rename_flag(*command, flags->rename);
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->callback([flags] { verify(*flags); });
}

}  // namespace bantam::cli
