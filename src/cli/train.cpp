// bantam train: pretraining in a run folder, or in several one after the other; the same command again goes on where it
// stopped.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "base/cores.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/pause.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/run_report.h"
#include "cli/training.h"

namespace bantam::cli {
namespace {

struct TrainCommand {
  std::vector<std::string> runs, sets;
  std::string from, cores;
  int threads = 0;
};

void run_one(const std::string& run, const TrainCommand& command) {
  const RunFolder folder = open_run(run, command.sets);
  const TrainedRun trained = train_run(folder, {.from = command.from});
  write_report_beside(folder.path);
  if (trained.result.interrupted)
    fail(ErrorCode::cancelled,
         "training was interrupted after step {}; the state is saved. The same command goes on{}",
         trained.result.step, command.sets.empty() ? fmt::format(": bantam train {}", run) : "");
  fmt::print("{}: {} steps, smoothed loss {:.4f}; the model is in {}; {} shows the run\n", run,
             trained.result.step, trained.result.smoothed_loss, folder.at("model").string(),
             folder.at("report.html").string());
}

// One after the other. One that fails is reported, and the next begins; the last word names them.
void run_all(const TrainCommand& command) {
  std::vector<std::string> failed;
  std::optional<ErrorCode> only;  // the code that all of them failed with
  for (size_t i = 0; i < command.runs.size(); ++i) {
    const std::string& run = command.runs[i];
    log_note("run {} of {}: {}", i + 1, command.runs.size(), run);
    try {
      run_one(run, command);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      log_warning("{}: {}", run, error.what());
      only = failed.empty() || only == error.code() ? error.code() : ErrorCode::invalid;
      failed.push_back(run);
    } catch (const std::exception& error) {
      log_warning("{}: {}", run, error.what());
      only = ErrorCode::invalid;
      failed.push_back(run);
    }
    std::fflush(stdout);
  }
  if (!failed.empty())
    fail(*only, "{} of {} runs failed: {}", failed.size(), command.runs.size(), fmt::join(failed, ", "));
}

void run(const TrainCommand& command) {
  if (!command.cores.empty()) use_cores(parse_cores(command.cores));
  if (command.threads > 0) set_thread_count(command.threads);
  const InterruptScope interrupts;  // what is made before the first step ends in order too
  const PauseScope pauses(true);
  if (command.runs.size() == 1) return run_one(command.runs[0], command);
  run_all(command);
}

}  // namespace

void add_train(CLI::App& app) {
  auto command = std::make_shared<TrainCommand>();
  CLI::App* sub = app.add_subcommand(
      "train",
      "Train the model of a run folder, or go on with it. SIGUSR1, or p and Enter, pauses and goes on");
  sub->add_option("run", command->runs,
                  "Run folders with run.yaml (see bantam init); several are trained one after the other")
      ->required();
  sub->add_option(
      "--from", command->from,
      "Begin with the weights of another run: RUN (its newest checkpoint), RUN@STEP or RUN@best; the "
      "optimizer begins anew");
  sub->add_option("--set", command->sets, "Override a value of the recipe: train.lr=3e-4")
      ->allow_extra_args(false);
  sub->add_option("--threads", command->threads, "Threads; default: all processors this process may use")
      ->check(CLI::Range(1, 1024));
  sub->add_option("--cores", command->cores, "Processors to run on, such as 0-3,6; default: all it may use");
  sub->callback([command] { run(*command); });
}

}  // namespace bantam::cli
