// What a run folder says about its run: log.jsonl, plan.json, report.json, resolved.yaml. Nothing is computed anew, and
// nothing that is missing is made up: it is said in `missing`.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace bantam {

// Of plan.json, and of the report.json that quickstart ends with.
inline constexpr int kPlanVersion = 1, kFinalVersion = 1;

struct Curve {
  std::vector<double> x, y;  // steps done, rising; the figure there
  bool empty() const { return x.empty(); }
};

struct RecordedSample {
  uint64_t step = 0;
  std::string prompt, text;
};

struct SkippedStep {
  uint64_t step = 0;
  std::string why;
};

// A bin of the reliability diagram; means are absent where it is empty.
struct CalibrationBin {
  double rows = 0;
  std::optional<double> confidence, accuracy;
};

// What `bantam plan` says, as training wrote it down before its first step.
struct PlannedRun {
  double parameters = 0, parameters_inference = 0;
  double steps = 0, tokens_per_step = 0, tokens_per_second = 0, step_seconds = 0;
  double memory_bytes = 0, checkpoint_bytes = 0, gemm_gflops = 0, threads = 0;
  std::string compute;
  bool rate_measured = false;  // on steps of this model; otherwise taken from the rate of products
};

struct AskedQuestions {
  std::string name, baseline_is;
  double asked = 0, right = 0, baseline = 0;  // baseline: a share
};

// What quickstart measured at the end, bits per byte of held-out text.
struct FinalMeasure {
  std::optional<double> untrained, unigram, trained;
  std::vector<AskedQuestions> questions;
};

struct RunRecord {
  std::string name;
  std::map<std::string, Curve> steps;        // "loss", "lr", "terms.ce", … of single steps
  std::map<std::string, Curve> evaluations;  // "valid_loss", …
  std::vector<CalibrationBin> calibration;   // of the last evaluation that has them
  std::vector<RecordedSample> samples;
  std::vector<SkippedStep> skipped;
  uint64_t last_step = 0;
  double tokens_per_step = 0;
  double seconds = 0;  // of steps, over all restarts
  std::optional<PlannedRun> plan;
  std::optional<FinalMeasure> final;
  std::string recipe;                // resolved.yaml as it is
  std::vector<std::string> missing;  // each a sentence

  double tokens() const { return static_cast<double>(last_step) * tokens_per_step; }
  const Curve& step_curve(const std::string& figure) const;  // empty where the log has none
  const Curve& evaluation_curve(const std::string& figure) const;
};

// not_found: there is no log.jsonl. corrupt: it holds nothing that can be read. An unfinished last line belongs to a step
// that is being written and is left out; other lines that cannot be read are counted in `missing`.
RunRecord read_run_record(const std::filesystem::path& run);

}  // namespace bantam
