// bantam train: pretraining in a run folder, or in several one after the other; the same command again goes on where it
// stopped.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

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
namespace fs = std::filesystem;
namespace {

struct TrainCommand {
  std::vector<std::string> runs, sets;
  std::string from, cores;
  int threads = 0;
  // Nothing but one run.
  bool is_plain() const {
    return runs.size() == 1 && sets.empty() && from.empty() && cores.empty() && threads == 0;
  }
};

// The runs that were named, in order. A folder without run.yaml that holds run folders stands for them, in the order of
// their names, and for those that are moved into it while others are trained.
class RunQueue {
 public:
  explicit RunQueue(const std::vector<std::string>& named) {
    for (const std::string& name : named) named_.push_back({name, !runs_in(name).empty()});
  }

  bool is_one_run() const { return named_.size() == 1 && !named_.front().holds_runs; }
  std::optional<std::string> next() {
    for (const std::string& run : known())
      if (taken_.insert(run).second) return run;
    return std::nullopt;
  }
  size_t taken() const { return taken_.size(); }
  // Taken so far or known to come.
  size_t size() const {
    std::set<std::string> all = taken_;
    for (const std::string& run : known()) all.insert(run);
    return all.size();
  }

 private:
  struct Named {
    std::string path;
    bool holds_runs;
  };
  std::vector<std::string> known() const {
    std::vector<std::string> all;
    for (const auto& [name, holds_runs] : named_) {
      const std::vector<std::string> runs = holds_runs ? runs_in(name) : std::vector<std::string>{name};
      all.insert(all.end(), runs.begin(), runs.end());
    }
    return all;
  }
  // None where the folder is a run itself, or cannot be read.
  static std::vector<std::string> runs_in(const fs::path& folder) {
    std::vector<std::string> inside;
    std::error_code unreadable;
    if (fs::exists(folder / "run.yaml", unreadable)) return inside;
    for (fs::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
         entry.increment(unreadable))
      if (fs::exists(entry->path() / "run.yaml", unreadable)) inside.push_back(entry->path().string());
    std::sort(inside.begin(), inside.end());
    return inside;
  }

  std::vector<Named> named_;
  std::set<std::string> taken_;
};

void run_one(const std::string& run, const TrainCommand& command) {
  const RunFolder folder = open_run(run, command.sets);
  const TrainedRun trained = train_run(folder, {.from = command.from});
  write_report_beside(folder.path);
  if (trained.result.interrupted)
    fail(ErrorCode::cancelled,
         "training was interrupted after step {}; the state is saved. The same command goes on{}",
         trained.result.step, command.is_plain() ? fmt::format(": bantam train {}", run) : "");
  fmt::print("{}: {} steps, smoothed loss {:.4f}; the model is in {}; {} shows the run\n", run,
             trained.result.step, trained.result.smoothed_loss, folder.at("model").string(),
             folder.at("report.html").string());
}

// One after the other. One that fails is reported, and the next begins; the last word names them.
void run_all(RunQueue& queue, const TrainCommand& command) {
  std::vector<std::string> failed;
  std::optional<ErrorCode> only;  // the code that all of them failed with
  while (const std::optional<std::string> run = queue.next()) {
    log_note("run {} of {}: {}", queue.taken(), queue.size(), *run);
    try {
      run_one(*run, command);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      log_warning("{}: {}", *run, error.what());
      only = failed.empty() || only == error.code() ? error.code() : ErrorCode::invalid;
      failed.push_back(*run);
    } catch (const std::exception& error) {
      log_warning("{}: {}", *run, error.what());
      only = ErrorCode::invalid;
      failed.push_back(*run);
    }
    std::fflush(stdout);
  }
  if (!failed.empty())
    fail(*only, "{} of {} runs failed: {}", failed.size(), queue.taken(), fmt::join(failed, ", "));
}

void run(const TrainCommand& command) {
  if (!command.cores.empty()) use_cores(parse_cores(command.cores));
  if (command.threads > 0) set_thread_count(command.threads);
  const InterruptScope interrupts;  // what is made before the first step ends in order too
  const PauseScope pauses(true);
  RunQueue queue(command.runs);
  if (queue.is_one_run()) return run_one(command.runs[0], command);
  run_all(queue, command);
}

}  // namespace

void add_train(CLI::App& app) {
  auto command = std::make_shared<TrainCommand>();
  CLI::App* sub = app.add_subcommand(
      "train",
      "Train the model of a run folder, or go on with it. SIGUSR1, or p and Enter, pauses and goes on");
  sub->add_option(
         "run", command->runs,
         "Run folders with run.yaml (see bantam init); several are trained one after the other, and so "
         "are those inside a folder that has none, with what is moved into it meanwhile")
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
