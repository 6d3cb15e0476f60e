// What doctor says, and that nothing private is in what it bundles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "output_of.h"
#include "run_program.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Doctor, SaysWhatThereIs) {
  const ProgramResult result = run_program({"doctor", "--no-timing", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json report = parse_json(result.out, "doctor");
  EXPECT_GE(report["processors"]["available"], 1);
  EXPECT_LE(report["processors"]["available"], report["processors"]["online"]);
  EXPECT_GT(report["memory"]["bytes"], report["memory"]["available_bytes"]);
  EXPECT_GT(report["disk"]["free_bytes"], 0);
  EXPECT_FALSE(report.contains("rates"));
  const ProgramResult text = run_program({"doctor", "--no-timing"});
  for (const char* word : {"processors", "instructions", "memory", "disk", "RAPL", "oneDNN"})
    EXPECT_THAT(text.out, HasSubstr(word));
}

// A finding says what is slow and why: here the environment makes it so.
TEST(Doctor, FindsWhatHoldsTheProgramBack) {
  const std::string program = "'" BANTAM_BINARY_DIR "/bantam' doctor --no-timing --threads 1";
  EXPECT_THAT(output_of("BANTAM_ISA=plain " + program), HasSubstr("BANTAM_ISA says so"));
  EXPECT_THAT(output_of(program), Not(HasSubstr("BANTAM_ISA")));
}

class Bundle : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run_program({"init", "nano", folder_ / "run"}).code, 0);
    std::string yaml = read_file(folder_ / "run/run.yaml");
    const auto put = [&](const std::string& old, const std::string& with) {
      ASSERT_NE(yaml.find(old), std::string::npos);
      yaml.replace(yaml.find(old), old.size(), with);
    };
    put("sources: []",
        "sources: [{path: /ho"
        "me/anna/diaries/june.txt}, {path: ../letters.md}, {path: for/zoe}]");
    put("path: tokenizer", "path: ../../anna's/words");
    put("sample_prompts: []", "sample_prompts: [\"Dear Tom, my password is\"]  # of anna");
    folder_.write("run/run.yaml", yaml);
    std::string log;
    for (int step = 1; step <= 300; ++step) log += R"({"step":)" + std::to_string(step) + ",\"loss\":5.25}\n";
    log += R"({"step":300,"samples":[{"prompt":"Dear Tom","text":"hunter2"}]})"
           "\n";
    folder_.write("run/log.jsonl", log + R"({"step":3)");
  }
  TemporaryFolder folder_;
};

TEST_F(Bundle, HoldsTheRunAndNothingPrivate) {
  const std::string tar = folder_ / "case.tar";
  const ProgramResult result = run_program({"doctor", folder_ / "run", "--no-timing", "--bundle", tar});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(output_of("tar -tf " + tar),
            "CONTENTS.txt\ndoctor.json\ndoctor.txt\nresolved.yaml\nmodel.json\nlog.jsonl\n");
  const std::string recipe = output_of("tar -xOf " + tar + " resolved.yaml");
  EXPECT_THAT(recipe,
              AllOf(HasSubstr("path: \"….txt\""), HasSubstr("path: \"….md\""), HasSubstr("path: \"…\","),
                    HasSubstr("pack: pack"), HasSubstr("# run.yaml"), HasSubstr("lr: ")));
  const std::string log = output_of("tar -xOf " + tar + " log.jsonl");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 200);
  EXPECT_TRUE(log.ends_with("{\"step\":300,\"loss\":5.25}\n")) << log.substr(log.size() - 80);
  const std::string all = read_file(tar);
  for (const char* secret :
       {"anna", "diaries", "june", "letters", "zoe", "hunter2", "Dear Tom", "password is"})
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  EXPECT_EQ(all.find(folder_.path().string()), std::string::npos);
}

TEST_F(Bundle, MayBeAFolderAndSaysWhatCouldNotBeRead) {
  folder_.write("run/model.json", "{\"preset\": \"nanu\"}");
  const fs::path to = folder_ / "case";
  ASSERT_EQ(run_program({"doctor", folder_ / "run", "--no-timing", "--bundle", to}).code, 0);
  EXPECT_THAT(read_file(to / "error.txt"), AllOf(HasSubstr("…/model.json"), HasSubstr("nanu")));
  EXPECT_FALSE(fs::exists(to / "resolved.yaml"));
  EXPECT_TRUE(fs::exists(to / "log.jsonl"));
  const ProgramResult again = run_program({"doctor", folder_ / "run", "--no-timing", "--bundle", to});
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, HasSubstr("not empty"));
}

TEST(Doctor, WrongUse) {
  const TemporaryFolder folder;
  EXPECT_THAT(run_program({"doctor", folder.path().string(), "--no-timing"}).err, HasSubstr("--bundle"));
  const ProgramResult none =
      run_program({"doctor", folder / "none", "--no-timing", "--bundle", folder / "case.tar"});
  EXPECT_EQ(none.code, 2);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace bantam
