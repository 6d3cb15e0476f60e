// The programs of examples/, as their heads say to use them, on a model that the first of them makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "infer/golden_files.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Examples : public ::testing::Test {
 protected:
  std::string trained(const std::string& steps) {
    const std::string text =
        folder_.write("text.txt", unpacked(golden_folder() / "tok/corpus.txt.xz").substr(0, 60000));
    const ProgramResult run = run_example("train", {text, folder_ / "run", steps});
    EXPECT_EQ(run.code, 0) << run.err;
    return run.out;
  }
  std::string model() const { return folder_ / "run" / "model"; }
  double bits_per_byte(const std::string& text) const {
    const ProgramResult run = run_example("score", {model(), text});
    EXPECT_EQ(run.code, 0) << run.err;
    std::smatch found;
    EXPECT_TRUE(std::regex_search(run.out, found, std::regex("([0-9.]+) bits per byte"))) << run.out;
    return std::stod(found[1]);
  }

  TemporaryFolder folder_;
};

TEST_F(Examples, TrainGenerateScore) {
  EXPECT_THAT(trained("8"), HasSubstr("8 steps"));
  const std::string text = "the cat and the dog";
  const double early = bits_per_byte(text);
  EXPECT_THAT(trained("30"), HasSubstr("30 steps"));
  EXPECT_LT(bits_per_byte(text), early);

  const ProgramResult said = run_example("generate", {model(), "Once upon", "12"});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, StartsWith("Once upon"));
  EXPECT_THAT(said.out, HasSubstr("\nor next: \""));
  EXPECT_EQ(run_example("generate", {model(), "Once upon", "12"}).out, said.out);
  // The program reads what the library wrote.
  EXPECT_EQ(run_program({"inspect", model()}).code, 0);
}

TEST_F(Examples, SayWhatIsMissing) {
  for (const char* name : {"train", "generate", "score"}) {
    const ProgramResult usage = run_example(name, {});
    EXPECT_EQ(usage.code, 1);
    EXPECT_THAT(usage.err, HasSubstr(std::string("usage: ") + name));
    const ProgramResult missing = run_example(name, {"/nonexistent", folder_ / "out"});
    EXPECT_EQ(missing.code, 1);
    EXPECT_THAT(missing.err, HasSubstr("/nonexistent"));
  }
}

}  // namespace
}  // namespace bantam
