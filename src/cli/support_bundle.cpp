#include "cli/support_bundle.h"

#include <algorithm>
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
constexpr const char* kContents = R"(What is in here:
  doctor.json, doctor.txt   the machine, as `bantam doctor` saw it
  resolved.yaml             every value of the run's recipe, and where it came from
  model.json                the model, every default filled in
  log.jsonl                 the last 200 lines of the run's log
  error.txt                 what of the run could not be read, if something could not
What was left out: samples and their prompts, texts, weights, names of hosts and users, and the environment but for
BANTAM_THREADS, BANTAM_ISA, BANTAM_BF16 and what sets values of the recipe. A path in resolved.yaml that is not the
usual one is "…", with its ending; of a path in error.txt the last name stayed. Look before you send it.
)";

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

void hide(std::string& path, const std::string& standard) {
  static const std::vector<std::string> endings = {".txt", ".md", ".jsonl", ".json",
                                                   ".gz",  ".xz", ".zst",   ".npy"};
  if (path == standard) return;
  const std::string ending = fs::path(path).extension();
  path = std::find(endings.begin(), endings.end(), ending) != endings.end() ? "…" + ending : "…";
}

// Every key of a recipe whose value is a path, and where values came from.
void hide_paths(ResolvedRecipe& resolved) {
  Recipe& recipe = resolved.recipe;
  const Recipe standard;
  hide(recipe.model, standard.model);
  hide(recipe.weights, standard.weights);
  hide(recipe.tokenizer.path, standard.tokenizer.path);
  if (recipe.tokenizer.train)
    for (std::string& path : recipe.tokenizer.train->input) hide(path, "");
  for (DataSource& source : recipe.data.sources) hide(source.path, "");
  hide(recipe.data.pack, standard.data.pack);
  for (auto& [key, origin] : resolved.origins) origin = fs::path(origin).filename();
}

// Relative paths, too, of which without_private knows nothing.
std::string without_folders(const std::string& message) {
  static const std::regex folders(R"re([^\s"',;:()\[\]{}]*/([^/\s"',;:()\[\]{}]+))re");
  return std::regex_replace(message, folders, "…/$1");
}

void add_run(const fs::path& run, Files& files) {
  try {
    RunPlan plan = read_run(run, {});
    plan.resolved.recipe.train.sample_prompts.clear();
    hide_paths(plan.resolved);
    files.emplace_back("resolved.yaml", without_private(to_yaml(plan.resolved)));
    files.emplace_back("model.json", without_private(dump_json(to_json(plan.model))));
  } catch (const Error& error) {
    files.emplace_back("error.txt", without_folders(without_private(error.what())) + "\n");
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
