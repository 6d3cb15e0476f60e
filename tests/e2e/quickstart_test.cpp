// The main job in seconds instead of minutes: it goes through, goes on after an interrupt, and takes texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "run_program.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Quickstart : public ::testing::Test {
 protected:
  std::vector<std::string> words(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"quickstart", "--minutes", "0.05", "--out", folder_ / "run"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Json report() const { return read_json(folder_ / "run/report.json"); }
  TemporaryFolder folder_;
};

TEST_F(Quickstart, EndsWithAModelThatIsMeasuredAndCanBeAsked) {
  const ProgramResult first = run_program(words());
  ASSERT_EQ(first.code, 0) << first.err;
  for (const char* said : {"machine", "plan", "FLOP", "of memory", "of disk", "before training",
                           "unigram baseline", "arithmetic, one step", "who has what", "bantam chat"})
    EXPECT_THAT(first.out, HasSubstr(said));
  const Json measured = report();
  EXPECT_LT(measured["bits_per_byte"], measured["step_0_bits_per_byte"]);
  ASSERT_EQ(measured["questions"].size(), 2u);
  for (const Json& kind : measured["questions"]) {
    EXPECT_EQ(kind["asked"], 200);
    EXPECT_GT(kind["baseline"], 0);
  }
  const ProgramResult asked = run_program({"chat", folder_ / "run/model", "-n", "4"}, "What is 1 + 1?\n");
  EXPECT_EQ(asked.code, 0) << asked.err;
  EXPECT_FALSE(asked.out.empty());

  // The same command again measures the same model; another wish is not mixed in.
  const ProgramResult again = run_program(words());
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("goes on where it stopped"));
  EXPECT_EQ(report()["bits_per_byte"], measured["bits_per_byte"]);
  EXPECT_EQ(report()["questions"], measured["questions"]);
  const ProgramResult other = run_program({"quickstart", "--minutes", "2", "--out", folder_ / "run"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("--out"));
}

TEST_F(Quickstart, GoesOnAfterAnInterruptAnywhere) {
  for (const char* moment : {"", "tokenizer:", "step 1/"}) {
    const ProgramResult stopped = Program::interrupted(words(), moment);
    EXPECT_EQ(stopped.code, 130) << moment << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("interrupted")) << moment;
    EXPECT_THAT(stopped.err, HasSubstr("bantam quickstart --out")) << moment;
  }
  const ProgramResult ended = run_program({"quickstart", "--out", folder_ / "run"});  // as it was told
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("goes on where it stopped"));
}

TEST_F(Quickstart, LearnsFromTexts) {
  std::string lines;
  for (int i = 0; i < 4000; ++i)
    lines += "The " + std::to_string(i) + "th hen laid an egg in the barn near the river.\n";
  const std::string text = folder_.write("hens.txt", lines);
  const ProgramResult result = run_program(words({text}));
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_FALSE(report().contains("questions")) << "they are the shipped corpus's";
  EXPECT_LT(report()["bits_per_byte"], report()["unigram_bits_per_byte"]);

  const ProgramResult gone = run_program({"quickstart", folder_ / "gone.txt", "--out", folder_ / "other"});
  EXPECT_EQ(gone.code, 1);
  EXPECT_THAT(gone.err, HasSubstr("gone.txt"));
  EXPECT_FALSE(fs::exists(folder_ / "other"));
  const std::string little = folder_.write("little.txt", "Hens.\n");
  const ProgramResult short_text =
      run_program({"quickstart", "--minutes", "0.05", "--out", folder_ / "other", little});
  EXPECT_NE(short_text.code, 0);
  EXPECT_THAT(short_text.err, HasSubstr("little.txt"));
  const ProgramResult mended =
      run_program({"quickstart", "--minutes", "0.05", "--out", folder_ / "other", text});
  EXPECT_EQ(mended.code, 0) << mended.err;
}

}  // namespace
}  // namespace bantam
