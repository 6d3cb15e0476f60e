// What a run leaves to be looked at: its page, TensorBoard's files, its model's README.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "formats/event_reader.h"
#include "model/well_formed.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReportOfARun : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string text;
    for (int i = 0; i < 200; ++i) text += fmt::format("{{\"text\":\"ha {} ho\"}}\n", i * 37 % 101);
    folder_.write("texts.jsonl", text);
    folder_.write("run.yaml", R"(tokenizer: {path: tokenizer, train: {vocab_size: 280}}
data: {sources: [{path: texts.jsonl}, {path: texts.jsonl, split: valid}]}
train: {max_seq_len: 32, tokens_per_batch: 64, target_tokens: 320, warmup_steps: 1, mixed_precision: f32, sample_every: 4,
        sample_prompts: ["</p><script>alert(1)</script>"]}
)");
    folder_.write("model.json", R"({"width": 16, "vocab": 280, "context": 64,
      "layers": [{"mixer": {"kind": "attention", "heads": 2}, "feed": {"kind": "swiglu", "width": 32}}]})");
  }
  ProgramResult train(int steps) const {
    return run_program({"train", folder_.path(), "--set", fmt::format("train.target_tokens={}", 64 * steps)});
  }
  std::string text(const std::string& name) const { return read_file(folder_ / name); }
  // Tag, step and value of every figure, as TensorBoard keeps them.
  std::map<std::string, std::map<uint64_t, float>> shown() const {
    std::map<std::string, std::map<uint64_t, float>> figures;
    for (const auto& file : EventReader::files(folder_.path()))
      for (const ReadEvent& event : EventReader::read(file))
        for (const auto& [tag, value] : event.scalars) {
          EXPECT_FALSE(figures[tag].contains(event.step)) << tag << " at step " << event.step;
          figures[tag][event.step] = value;
        }
    return figures;
  }
  TemporaryFolder folder_;
};

TEST_F(ReportOfARun, IsThereWhenTrainingEndsAndAgainWhenItWentOn) {
  const ProgramResult first = train(5);
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("report.html"));
  const std::string page = text("report.html");
  EXPECT_EQ(WellFormed::complaint(page), "");
  EXPECT_THAT(page, HasSubstr("5 of 5 steps"));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  for (const char* part :
       {"<h2>Curves</h2>", "<h2>Samples</h2>", "<h2>Plan and reality</h2>", "<h2>The model</h2>"})
    EXPECT_THAT(page, HasSubstr(part));
  const Json plan = read_json(folder_ / "plan.json");
  EXPECT_EQ(plan["steps"], 5);
  EXPECT_GT(plan["tokens_per_second"].get<double>(), 0);
  EXPECT_THAT(text("model/README.md"), HasSubstr("| tokens | 320 in 5 steps |"));
  EXPECT_TRUE(text("model/model.svg").starts_with("<svg xmlns="));

  const ProgramResult second = train(8);
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(text("report.html"), HasSubstr("<p>8 steps in f32"));
  EXPECT_EQ(read_json(folder_ / "plan.json"), plan) << "it was made before the first step";
  EXPECT_EQ(EventReader::files(folder_.path()).size(), 2u);
  const auto figures = shown();
  std::ifstream log(folder_ / "log.jsonl");
  size_t steps = 0;
  for (std::string line; std::getline(log, line);) {
    const Json json = parse_json(line, "log");
    const uint64_t step = json["step"];
    if (json.contains("lr")) {
      ++steps;
      EXPECT_EQ(figures.at("train/loss").at(step), json["loss"].get<float>());
      EXPECT_EQ(figures.at("machine/memory_bytes").at(step), json["memory_bytes"].get<float>());
    }
    if (json.contains("eval"))
      EXPECT_EQ(figures.at("valid/loss").at(step), json["eval"]["valid_loss"].get<float>());
  }
  EXPECT_EQ(steps, 8u);
  EXPECT_EQ(figures.at("train/loss").size(), 8u);
  EXPECT_THAT(first.err + second.err, Not(HasSubstr("was not written")));

  const std::string other = folder_ / "two.html";
  EXPECT_EQ(run_program({"report", folder_.path(), folder_.path()}).code, 2);
  const ProgramResult both = run_program({"report", folder_.path(), folder_.path(), "--out", other});
  EXPECT_EQ(both.code, 0) << both.err;
  EXPECT_THAT(text("two.html"), HasSubstr("<h1>2 runs</h1>"));
}

TEST(Report, ErrorsAreOneClearLine) {
  const ProgramResult none = run_program({"report", "/nonexistent"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, HasSubstr("/nonexistent: has no log.jsonl"));
  EXPECT_EQ(run_program({"report"}).code, 2);
}

}  // namespace
}  // namespace bantam
