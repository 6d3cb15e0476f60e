#include "cli/support_bundle.h"

#include <ctime>
#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/error.h"
#include "base/file.h"
#include "cli/model_writing.h"
#include "cli/run_folder.h"
#include "formats/tar.h"
#include "train/recipe.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

constexpr size_t kLogLines = 200;
constexpr const char* kContents =
    "What is in here:\n"
    "  doctor.json, doctor.txt   the machine, as `bantam doctor` saw it\n"
    "  resolved.yaml             every value of the run's recipe, and where it came from\n"
    "  model.json                the model, every default filled in\n"
    "  log.jsonl                 the last 200 lines of the run's log\n"
    "  error.txt                 what of the run could not be read, if something could not\n"
    "What was left out: samples and their prompts, texts, weights, names of hosts and users, the environment "
    "but for\n"
    "BANTAM_THREADS, BANTAM_ISA and BANTAM_BF16. Of absolute paths only the last name stayed, and of "
    "addresses no password.\n"
    "Names of files and relative paths are still there: look before you send it.\n";

using Files = std::vector<std::pair<std::string, std::string>>;

// The last lines without what was sampled; a line that is no JSON was cut short by a crash and says nothing.
std::string end_of_log(const fs::path& path) {
  std::ifstream file(path);
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    Json values = Json::parse(line, nullptr, false);
    if (values.is_discarded() || !values.is_object() || values.contains("samples")) continue;
    lines.push_back(without_private(values.dump()) + "\n");
    if (lines.size() > kLogLines) lines.pop_front();
  }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

void add_run(const fs::path& run, Files& files) {
  try {
    RunPlan plan = read_run(run, {});
    plan.resolved.recipe.train.sample_prompts.clear();
    files.emplace_back("resolved.yaml", without_private(to_yaml(plan.resolved)));
    files.emplace_back("model.json", without_private(dump_json(to_json(plan.model))));
  } catch (const Error& error) {
    files.emplace_back("error.txt", without_private(error.what()) + "\n");
  }
  if (fs::exists(run / "log.jsonl")) files.emplace_back("log.jsonl", end_of_log(run / "log.jsonl"));
}

}  // namespace

std::string without_private(std::string_view text) {
  // A path begins where no word ends, so "GB/s" and "a/b" are none.
  static const std::regex path(
      R"re((^|[^A-Za-z0-9._~/:-])(~|file:/)?(/[^/\s"',;:()\[\]{}]+)*(/[^/\s"',;:()\[\]{}]+))re");
  static const std::regex password(R"(://[^/\s@"]+@)");
  const std::string shorter = std::regex_replace(std::string(text), password, "://…@");
  return std::regex_replace(shorter, path, "$1…$4");
}

Files support_bundle(const Json& report, const std::string& report_text, const fs::path& run) {
  Files files = {{"CONTENTS.txt", kContents},
                 {"doctor.json", without_private(dump_json(report))},
                 {"doctor.txt", without_private(report_text)}};
  if (!run.empty()) add_run(run, files);
  return files;
}

void write_bundle(const Files& files, const fs::path& to) {
  if (to.extension() == ".tar") {
    write_file(to, tar_archive(files, static_cast<uint64_t>(std::time(nullptr))));
    return;
  }
  require_new_folder(to);
  AtomicFolder folder(to);
  for (const auto& [name, content] : files) write_file(folder.staging() / name, content);
  folder.commit();
}

}  // namespace bantam::cli
