// bantam report: what a run did, as one page to look at; several runs over each other.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run_folder.h"
#include "cli/run_report.h"
#include "model/folder.h"
#include "report/page.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

struct ReportCommand {
  std::vector<std::string> runs;
  std::string out;
};

// The saved model's, or while there is none, the one that the recipe describes.
ReportedModel model_of_run(const fs::path& run) {
  try {
    if (fs::exists(run / "model" / "config.json")) return {read_model_config(run / "model").config, ""};
    return {read_run(run, {}).model, ""};
  } catch (const Error& error) {
    return {std::nullopt, error.what()};
  }
}

// Runs are called by their folders' names; where two have the same, by the paths that were given.
void tell_apart(std::vector<RunRecord>& records, const std::vector<std::string>& paths) {
  std::map<std::string, int> uses;
  for (const RunRecord& record : records) ++uses[record.name];
  for (size_t i = 0; i < records.size(); ++i)
    if (uses[records[i].name] > 1) records[i].name = paths[i];
}

void run(const ReportCommand& command) {
  if (command.runs.size() == 1) {
    const fs::path out =
        command.out.empty() ? fs::path(command.runs[0]) / "report.html" : fs::path(command.out);
    write_report(command.runs[0], out);
    fmt::print("{}\n", out.string());
    return;
  }
  require(!command.out.empty(), ErrorCode::usage,
          "report: of several runs the page belongs to no folder; name its file with --out");
  std::vector<RunRecord> records;
  for (const std::string& path : command.runs) records.push_back(read_run_record(path));
  tell_apart(records, command.runs);
  write_file(command.out, report_page(records));
  fmt::print("{}\n", command.out);
}

}  // namespace

void write_report(const fs::path& run, const fs::path& out) {
  write_file(out, report_page(read_run_record(run), model_of_run(run)));
}

void write_report_beside(const fs::path& run) {
  try {
    write_report(run, run / "report.html");
  } catch (const Error& error) {
    log_warning("{}: report.html was not written: {}", run.string(), error.what());
  }
}

void add_report(CLI::App& app) {
  auto command = std::make_shared<ReportCommand>();
  CLI::App* sub = app.add_subcommand(
      "report", "A page of what a run did: curves, samples, plan and reality, the model; or of several runs");
  sub->add_option("runs", command->runs, "Run folders; several are drawn over each other")->required();
  sub->add_option("--out", command->out, "The page (default: report.html in the run folder)");
  sub->callback([command] { run(*command); });
}

}  // namespace bantam::cli
