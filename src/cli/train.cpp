// bantam train: pretraining in a run folder; the same command again goes on where it stopped.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/run_report.h"
#include "cli/training.h"

namespace bantam::cli {
namespace {

struct TrainCommand {
  std::string run;
  std::vector<std::string> sets;
  int threads = 0;
};

void run(const TrainCommand& command) {
  if (command.threads > 0) set_thread_count(command.threads);
  const InterruptScope interrupts;  // what is made before the first step ends in order too
  const RunFolder folder = open_run(command.run, command.sets);
  const TrainedRun trained = train_run(folder);
  write_report_beside(folder.path);
  if (trained.result.interrupted)
    fail(ErrorCode::cancelled,
         "training was interrupted after step {}; the state is saved. The same command goes on{}",
         trained.result.step, command.sets.empty() ? fmt::format(": bantam train {}", command.run) : "");
  fmt::print("{}: {} steps, smoothed loss {:.4f}; the model is in {}; {} shows the run\n", command.run,
             trained.result.step, trained.result.smoothed_loss, folder.at("model").string(),
             folder.at("report.html").string());
}

}  // namespace

void add_train(CLI::App& app) {
  auto command = std::make_shared<TrainCommand>();
  CLI::App* sub = app.add_subcommand("train", "Train the model of a run folder, or go on with it");
  sub->add_option("run", command->run, "Run folder with run.yaml (see bantam init)")->required();
  sub->add_option("--set", command->sets, "Override a value of the recipe: train.lr=3e-4")
      ->allow_extra_args(false);
  sub->add_option("--threads", command->threads, "Threads; default: all processors this process may use")
      ->check(CLI::Range(1, 1024));
  sub->callback([command] { run(*command); });
}

}  // namespace bantam::cli
