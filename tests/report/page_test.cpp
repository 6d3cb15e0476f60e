// From a run folder's files to its page.
#include "report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/part_costs.h"
#include "model/tiny_models.h"
#include "model/well_formed.h"
#include "report/model_readme.h"
#include "report/sections.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Json step_line(uint64_t step) {
  return {{"step", step},
          {"tokens", 64 * step},
          {"loss", 8.0 / static_cast<double>(step)},
          {"smoothed_loss", 8.5 / static_cast<double>(step)},
          {"lr", 1e-3},
          {"grad_norm", 1.5},
          {"terms", {{"ce", 7.0}, {"mtp", 6.0}}},
          {"tokens_per_second", 3200},
          {"memory_bytes", 40'000'000 + 1000 * step},
          {"seconds", 0.02 * static_cast<double>(step)}};
}

class ReportTest : public ::testing::Test {
 protected:
  void add(const Json& line) { log_ += line.dump() + "\n"; }
  void add_steps(uint64_t first, uint64_t last) {
    for (uint64_t step = first; step <= last; ++step) add(step_line(step));
  }
  void add_decisions(uint64_t step) {
    Json bins = Json::array();
    for (int i = 0; i < 15; ++i)
      bins.push_back({{"rows", i < 7 ? 0 : 3}, {"confidence", nullptr}, {"accuracy", nullptr}});
    for (size_t i = 7; i < 15; ++i)
      bins[i].update({{"confidence", 0.06 * static_cast<double>(i)}, {"accuracy", 0.5}});
    add({{"step", step},
         {"eval",
          {{"valid_bits_per_byte", 1.25},
           {"valid_loss", 2.5},
           {"valid_decision_rows", 24},
           {"valid_decision_accuracy", 0.75},
           {"valid_decision_majority", 0.5},
           {"valid_decision_brier", 0.25},
           {"valid_decision_ece", 0.125},
           {"valid_decision_bins", bins}}}});
  }
  RunRecord record() {
    folder_.write("log.jsonl", log_);
    return read_run_record(folder_.path());
  }
  TemporaryFolder folder_;
  std::string log_;
};

TEST_F(ReportTest, ReadsWhatTheRunRecorded) {
  add({{"step", 0}, {"tokens", 0}, {"eval", {{"valid_loss", 8.5}}}});
  add_steps(1, 10);
  add({{"step", 11}, {"tokens", 704}, {"skipped", "loss nan"}, {"lr", 1e-3}, {"seconds", 0.25}});
  add({{"step", 11}, {"samples", {{{"prompt", "Once"}, {"text", " upon"}}}}});
  log_ += R"({"step":12,"lo)";  // being written
  folder_.write("plan.json", R"({"steps": 20, "tokens_per_second": 4000, "memory_bytes": {"all": 5e7},
                                 "seconds": {"steps": 0.5}, "rate_measured": true})");
  const RunRecord run = record();
  EXPECT_EQ(run.last_step, 11u);
  EXPECT_EQ(run.tokens(), 704);
  EXPECT_EQ(run.seconds, 0.25);
  EXPECT_THAT(run.step_curve("loss").y, SizeIs(10));
  EXPECT_THAT(run.step_curve("terms.mtp").y, SizeIs(10));
  EXPECT_THAT(run.step_curve("nothing").y, SizeIs(0));
  EXPECT_THAT(run.evaluation_curve("valid_loss").y, ElementsAre(8.5));
  ASSERT_THAT(run.samples, SizeIs(1));
  EXPECT_EQ(run.samples[0].text, " upon");
  ASSERT_THAT(run.skipped, SizeIs(1));
  EXPECT_EQ(run.skipped[0].why, "loss nan");
  EXPECT_EQ(run.plan->memory_bytes, 5e7);
  EXPECT_THAT(run.missing, ElementsAre(HasSubstr("resolved.yaml"))) << "the unfinished line is no fault";
  EXPECT_EQ(mean_rate(run), 704 / 0.25);
  EXPECT_EQ(most_memory(run), 40'010'000);

  const std::string plan = plan_and_reality(run);
  EXPECT_THAT(plan, HasSubstr("4,000"));
  EXPECT_THAT(plan, HasSubstr("70 %")) << "2,816 of 4,000 tokens a second";
  EXPECT_THAT(plan, HasSubstr("so far"));
}

TEST_F(ReportTest, LinesThatCannotBeReadAreCountedAndNamed) {
  add_steps(1, 3);
  log_ += "not json\n[1]\n{\"step\": -1}\n{\"step\": 2}\n{\"step\": 1e99}\n";
  log_ +=
      R"({"step": 4, "lr": "x", "tokens": "many", "terms": 5, "loss": null, "eval": [1, "x"], "samples": [3]})";
  log_ += "\n";
  const RunRecord run = record();
  EXPECT_EQ(run.last_step, 4u);
  EXPECT_THAT(run.missing,
              ::testing::Contains(HasSubstr("5 lines of log.jsonl could not be read: line 4 is not JSON")));
  EXPECT_EQ(WellFormed::complaint(report_page(run, {std::nullopt, "why"})), "");
  log_ = "nothing\n";
  EXPECT_THROW(record(), Error);
  EXPECT_THROW(read_run_record(folder_ / "none"), Error);
}

TEST_F(ReportTest, OfARunsTextsNothingRuns) {
  const std::string attack =
      "</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x01\xff";
  add_steps(1, 3);
  Json line = step_line(4);
  line["terms"] = {{attack, 1.0}, {"ce", 2.0}};
  line["skipped"] = attack;
  log_ += line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  log_ += Json{{"step", 4}, {"samples", {{{"prompt", attack}, {"text", attack}}}}}.dump(
              -1, ' ', false, Json::error_handler_t::replace) +
          "\n";
  folder_.write("resolved.yaml", "model: \"" + attack + "\"\n");
  folder_.write("report.json",
                Json{{"bits_per_byte", 1.5},
                     {"questions", {{{"name", attack}, {"asked", 4}, {"right", 2}, {"baseline_is", attack}}}}}
                    .dump(-1, ' ', false, Json::error_handler_t::replace));
  RunRecord run = record();
  run.name = attack;
  for (const std::string& page : {report_page(run, {std::nullopt, attack}), report_page({run, run})}) {
    EXPECT_EQ(WellFormed::complaint(page), "");
    EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(page, Not(HasSubstr("<img")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
    EXPECT_THAT(page, HasSubstr("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"));
    for (const char* fetched : {"http://", "https://", "src=\"", "url("})
      EXPECT_THAT(page, Not(HasSubstr(fetched)));
  }
}

TEST_F(ReportTest, AWholeRunHasAllSections) {
  add({{"step", 0}, {"tokens", 0}, {"eval", {{"valid_bits_per_byte", 3.5}, {"valid_loss", 8.5}}}});
  add_steps(1, 20);
  add_decisions(20);
  for (uint64_t step = 21; step <= 30; ++step)
    add({{"step", step}, {"samples", {{{"prompt", "Once"}, {"text", std::to_string(step)}}}}});
  folder_.write("plan.json", R"({"steps": 30, "parameters": 5e5, "compute": "bf16", "threads": 2})");
  folder_.write("report.json",
                R"({"step_0_bits_per_byte": 4.256, "unigram_bits_per_byte": 3.033, "bits_per_byte": 0.481,
    "questions": [{"name": "sums", "asked": 200, "right": 140, "baseline": 0.065, "baseline_is": "the most frequent"}]})");
  folder_.write("resolved.yaml", "train:\n  lr: 0.001  # run.yaml\n");
  ModelConfig model = testing::tiny_dense();
  model.name = "tiny";
  const RunRecord run = record();
  const std::string page = report_page(run, {model, ""});
  EXPECT_EQ(WellFormed::complaint(page), "");
  for (const char* part :
       {"<h2>Curves</h2>", "<h3>Loss</h3>", "<h3>Memory</h3>", "<h3>Terms of the loss</h3>",
        "<h2>Decisions</h2>", "Reliability diagram", "12.5 %", "<h2>Samples</h2>", "6 of 10 are shown",
        "<h2>Plan and reality</h2>", "<h2>The model</h2>", "class=\"model-picture\"", "<h2>The recipe</h2>",
        "lr: 0.001  # run.yaml", "70.0 % ± 3.2", "before training", "from 3.500 before the first step",
        "500,000 parameters"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_THAT(page, Not(HasSubstr("What this page cannot show")));
}

TEST_F(ReportTest, SeveralRunsAreDrawnOverTheirTokensWithWhatDiffers) {
  add_steps(1, 4);
  folder_.write("resolved.yaml", "train: {lr: 0.001, seed: 17}\n");
  RunRecord first = record(), second = first;
  first.name = "first";
  second.name = "second";
  second.recipe = "train: {lr: 0.002, seed: 17}\n";
  const std::string page = report_page({first, second});
  EXPECT_EQ(WellFormed::complaint(page), "");
  EXPECT_THAT(page, HasSubstr("data-x=\"64 128 192 256\""));
  EXPECT_THAT(page, HasSubstr("<td><code>train.lr</code></td><td>0.001</td><td>0.002</td>"));
  EXPECT_THAT(page, Not(HasSubstr("train.seed")));
}

TEST_F(ReportTest, TheModelsReadmeHoldsWhatIsRecorded) {
  add({{"step", 0}, {"tokens", 0}, {"eval", {{"valid_loss", 8.5}}}});
  add_steps(1, 20);
  add_decisions(20);
  ModelConfig model = testing::tiny_dense();
  model.name = "a|b <script>";
  const std::string text = model_readme(model, count_part_costs(model), record());
  EXPECT_THAT(text, ::testing::StartsWith("# a\\|b \\<script\\>\n"));
  EXPECT_THAT(text, HasSubstr("(model.svg)"));
  EXPECT_THAT(text, HasSubstr("| tokens | 1,280 in 20 steps |"));
  EXPECT_THAT(text, HasSubstr("| loss, held\\-out text | 2.500 at step 20 |"));
  EXPECT_THAT(text, HasSubstr("| decisions right, held\\-out rows | 75.0 % at step 20 |"));
  EXPECT_THAT(text, HasSubstr("mixer"));
}

}  // namespace
}  // namespace bantam
