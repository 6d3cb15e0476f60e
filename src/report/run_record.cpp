#include "report/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/format_version.h"
#include "base/progress.h"
#include "train/run_log.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kLargestJson = 1 << 20, kLargestRecipe = 1 << 20;
constexpr uint64_t kLastStep = uint64_t{1} << 53;  // beyond which a double skips steps

std::optional<double> number_at(const Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_number()) return {};
  return object[key].get<double>();
}

double number_or_zero(const Json& object, const char* key) { return number_at(object, key).value_or(0); }

std::string text_at(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string()
             ? object[key].get<std::string>()
             : "";
}

const Json& member(const Json& object, const char* key) {
  static const Json nothing;
  return object.is_object() && object.contains(key) ? object[key] : nothing;
}

class LogReader {
 public:
  explicit LogReader(RunRecord& record) : record_(record) {}

  void read(const fs::path& path) {
    const MappedFile file(path);
    std::string_view rest = file.text();
    for (size_t number = 1; !rest.empty(); ++number) {
      const size_t end = rest.find('\n');
      if (end == std::string_view::npos) break;
      const std::string_view text = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      try {
        const Json json = parse_json(text, fmt::format("{}:{}", path.string(), number));
        if (number == 1) check_format_version(json, kRunLogVersion, path.string());
        if (line(json))
          ++lines_;
        else
          refuse(number, "is no line of a step");
      } catch (const Error& error) {
        if (error.code() == ErrorCode::unsupported) throw;
        refuse(number, "is not JSON");
      }
    }
    require(lines_ > 0, ErrorCode::corrupt, "{}: holds no line of a step", path.string());
    if (refused_ > 0)
      record_.missing.push_back(fmt::format("{} line{} of log.jsonl could not be read: {}", refused_,
                                            refused_ == 1 ? "" : "s", first_refused_));
  }

 private:
  void refuse(size_t number, const char* why) {
    if (refused_++ == 0) first_refused_ = fmt::format("line {} {}.", number, why);
  }

  void put(std::map<std::string, Curve>& curves, const std::string& name, const Json& value) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) return;
    Curve& curve = curves[name];
    const auto step = static_cast<double>(record_.last_step);
    if (!curve.empty() && curve.x.back() == step) return;  // a figure has one value a step
    curve.x.push_back(step);
    curve.y.push_back(value.get<double>());
  }

  bool line(const Json& json) {
    const Json& step = member(json, "step");
    if (!step.is_number_unsigned() || step.get<uint64_t>() < record_.last_step ||
        step.get<uint64_t>() > kLastStep)
      return false;
    record_.last_step = step.get<uint64_t>();
    if (json.contains("lr")) {
      for (const auto& [name, value] : json.items())
        if (name != "step" && name != "tokens" && name != "seconds" && name != kFormatVersion)
          put(record_.steps, name, value);
      for (const auto& [name, value] : member(json, "terms").items())
        put(record_.steps, "terms." + name, value);
      if (record_.last_step > 0)
        record_.tokens_per_step = number_or_zero(json, "tokens") / static_cast<double>(record_.last_step);
      record_.seconds = number_or_zero(json, "seconds");
      if (json.contains("skipped")) record_.skipped.push_back({record_.last_step, text_at(json, "skipped")});
    }
    for (const auto& [name, value] : member(json, "eval").items()) put(record_.evaluations, name, value);
    if (const Json& bins = member(member(json, "eval"), "valid_decision_bins"); bins.is_array())
      calibration(bins);
    if (const Json& samples = member(json, "samples"); samples.is_array())
      for (const Json& sample : samples)
        record_.samples.push_back({record_.last_step, text_at(sample, "prompt"), text_at(sample, "text")});
    return true;
  }

  void calibration(const Json& bins) {
    record_.calibration.clear();
    for (const Json& bin : bins)
      record_.calibration.push_back(
          {number_or_zero(bin, "rows"), number_at(bin, "confidence"), number_at(bin, "accuracy")});
  }

  RunRecord& record_;
  size_t lines_ = 0, refused_ = 0;
  std::string first_refused_;
};

// A JSON object of the run folder; null, and a sentence in `missing`, where it cannot be read.
Json object_in(const fs::path& path, int newest_version, RunRecord& record) {
  if (!fs::exists(path)) return {};
  try {
    Json json = parse_json(read_file(path, kLargestJson), path.string());
    check_format_version(json, newest_version, path.string());
    if (json.is_object()) return json;
    record.missing.push_back(path.filename().string() + " is no JSON object and was left out.");
  } catch (const Error& error) {
    record.missing.push_back(fmt::format("{} could not be read: {}", path.filename().string(), error.what()));
  }
  return {};
}

void read_plan(const fs::path& run, RunRecord& record) {
  const Json json = object_in(run / "plan.json", kPlanVersion, record);
  if (json.is_null()) return;
  const Json &seconds = member(json, "seconds"), &memory = member(json, "memory_bytes");
  PlannedRun plan;
  plan.parameters = number_or_zero(json, "parameters");
  plan.parameters_inference = number_or_zero(json, "parameters_inference");
  plan.steps = number_or_zero(json, "steps");
  plan.tokens_per_step = number_or_zero(json, "tokens_per_step");
  plan.tokens_per_second = number_or_zero(json, "tokens_per_second");
  plan.step_seconds = number_or_zero(seconds, "steps");
  plan.memory_bytes = number_or_zero(memory, "all");
  plan.checkpoint_bytes = number_or_zero(member(json, "disk_bytes"), "checkpoint");
  plan.gemm_gflops = number_or_zero(json, "gemm_gflops");
  plan.threads = number_or_zero(json, "threads");
  plan.compute = text_at(json, "compute");
  plan.rate_measured = member(json, "rate_measured") == Json(true);
  record.plan = plan;
}

void read_final(const fs::path& run, RunRecord& record) {
  const Json json = object_in(run / "report.json", kFinalVersion, record);
  if (json.is_null()) return;
  FinalMeasure measure{number_at(json, "step_0_bits_per_byte"),
                       number_at(json, "unigram_bits_per_byte"),
                       number_at(json, "bits_per_byte"),
                       {}};
  if (const Json& questions = member(json, "questions"); questions.is_array())
    for (const Json& kind : questions) {
      AskedQuestions asked{text_at(kind, "name"), text_at(kind, "baseline_is"), number_or_zero(kind, "asked"),
                           number_or_zero(kind, "right"), number_or_zero(kind, "baseline")};
      if (asked.asked > 0 && asked.right <= asked.asked) measure.questions.push_back(asked);
    }
  record.final = measure;
}

void tell_missing(RunRecord& record) {
  if (record.steps.empty()) record.missing.push_back("No step has been done yet.");
  if (record.evaluations.empty())
    record.missing.push_back("There is no valid split, so nothing was measured on text that was held out.");
  if (record.samples.empty())
    record.missing.push_back(
        "The recipe has no train.sample_prompts, or none was due yet: there are no samples.");
  if (!record.plan)
    record.missing.push_back(
        "There is no plan.json: the run began without one, and nothing can be held against it.");
  if (record.recipe.empty())
    record.missing.push_back("resolved.yaml, the recipe as it was trained, is missing.");
}

}  // namespace

const Curve& RunRecord::step_curve(const std::string& figure) const {
  static const Curve none;
  const auto found = steps.find(figure);
  return found == steps.end() ? none : found->second;
}

const Curve& RunRecord::evaluation_curve(const std::string& figure) const {
  static const Curve none;
  const auto found = evaluations.find(figure);
  return found == evaluations.end() ? none : found->second;
}

RunRecord read_run_record(const fs::path& run) {
  const fs::path log = run / "log.jsonl";
  require(fs::exists(log), ErrorCode::not_found,
          "{}: has no log.jsonl; wanted the folder of a run that `bantam train` has begun", run.string());
  RunRecord record;
  const fs::path path = fs::absolute(run).lexically_normal();
  record.name = (path.has_filename() ? path : path.parent_path()).filename().string();
  LogReader(record).read(log);
  read_plan(run, record);
  read_final(run, record);
  if (const fs::path recipe = run / "resolved.yaml"; fs::exists(recipe))
    record.recipe = read_file(recipe, kLargestRecipe);
  tell_missing(record);
  return record;
}

}  // namespace bantam
