// Rows with a decision, from JSONL to figures in the log.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

class DecisionRun : public ::testing::Test {
 protected:
  // Rows whose class is what they begin with; every fourth one has none.
  static std::string rows(int begin, int end) {
    std::string text;
    for (int i = begin; i < end; ++i)
      text += fmt::format("{{\"text\":\"{} ha ha {}\"{}}}\n", i % 3 == 0 ? "cat" : "dog", i * 37 % 101,
                          i % 4 == 0 ? "" : fmt::format(",\"decision\":{}", i % 3 == 0 ? 1 : 0));
    return text;
  }
  void SetUp() override {
    folder_.write("train.jsonl", rows(0, 400));
    folder_.write("valid.jsonl", rows(400, 460));
    folder_.write("run.yaml", R"(tokenizer: {path: tokenizer, train: {vocab_size: 300}}
data: {sources: [{path: train.jsonl}, {path: valid.jsonl, split: valid}]}
train: {max_seq_len: 32, tokens_per_batch: 512, target_tokens: 30720, lr: 5e-3, warmup_steps: 5, eval_every: 0,
        mixed_precision: f32, class_weighted_decision: true}
)");
    write_model(true, 2);
  }
  void write_model(bool enabled, int classes) {
    const Json layer = {{"mixer", {{"kind", "attention"}, {"heads", 2}}},
                        {"feed", {{"kind", "swiglu"}, {"width", 48}}}};
    folder_.write("model.json", Json{{"width", 24},
                                     {"vocab", 300},
                                     {"context", 64},
                                     {"layers", Json::array({layer})},
                                     {"heads", {{"decision", {{"enabled", enabled}, {"classes", classes}}}}}}
                                    .dump());
  }
  ProgramResult train() const { return run_program({"train", folder_.path().string()}); }
  std::vector<Json> log() const {
    std::vector<Json> lines;
    std::ifstream file(folder_ / "log.jsonl");
    for (std::string line; std::getline(file, line);) lines.push_back(parse_json(line, "log"));
    return lines;
  }
  TemporaryFolder folder_;
};

TEST_F(DecisionRun, LearnsAndLogsFiguresBesideTheirFloor) {
  const ProgramResult result = train();
  ASSERT_EQ(result.code, 0) << result.err;
  const std::vector<Json> lines = log();
  EXPECT_TRUE(lines[1]["terms"].contains("decision"));
  EXPECT_TRUE(lines[1]["terms"].contains("calibration"));
  const Json& eval = lines.back()["eval"];
  EXPECT_EQ(eval["valid_decision_rows"], 45);
  EXPECT_NEAR(eval["valid_decision_majority"].get<double>(), 2.0 / 3, 0.05);
  EXPECT_GT(eval["valid_decision_accuracy"].get<double>(), 0.95);
  EXPECT_LT(eval["valid_decision_brier"].get<double>(),
            lines[0]["eval"]["valid_decision_brier"].get<double>());
  EXPECT_EQ(eval["valid_decision_bins"].size(), 15u);
  EXPECT_THAT(result.err, HasSubstr("valid_decision_accuracy"));
}

TEST_F(DecisionRun, AClassThatTheHeadHasNotIsNamedByFileAndLine) {
  folder_.write("train.jsonl", rows(0, 5) + "{\"text\":\"ha\",\"decision\":2}\n");
  const ProgramResult result = train();
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("train.jsonl:6: \"decision\" is 2; want a class from 0 to 1"));
}

TEST_F(DecisionRun, AHeadWithoutRowsSaysSo) {
  folder_.write("train.jsonl", "{\"text\":\"ha ha ha\"}\n");
  const ProgramResult result = train();
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("no row of the train split has a \"decision\""));
}

TEST_F(DecisionRun, RowsWithoutAHeadAndTooSmallAHeadSaySo) {
  folder_.write("train.jsonl", rows(0, 40) + "{\"text\":\"ha\",\"decision\":3}\n");
  write_model(false, 2);
  const ProgramResult off = train();
  EXPECT_EQ(off.code, 0) << off.err;
  EXPECT_THAT(off.err, HasSubstr("nobody learns: the model's decision head is not enabled"));
  EXPECT_FALSE(log().back()["eval"].contains("valid_decision_rows"));
  write_model(true, 2);
  const ProgramResult small = train();
  EXPECT_EQ(small.code, 2);
  EXPECT_THAT(small.err, HasSubstr("rows of the decision class 3; the model's decision head has 2 classes"));
}

}  // namespace
}  // namespace bantam
