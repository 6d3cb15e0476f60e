#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "compress.h"
#include "data/toy.h"
#include "run_program.h"

namespace bantam {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class PackCommand : public testing::Test {
 protected:
  void SetUp() override {
    toy::tokenizer().save(folder_ / "tokenizer");
    folder_.write("rows.jsonl.gz", gzip("{\"text\":\"One\"}\n{\"prompt\":\"2\",\"completion\":\"3\"}\n"));
    folder_.write("bad.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"\n{\"text\":\"c\"}\n");
  }
  std::vector<std::string> arguments(const std::vector<std::string>& more) {
    std::vector<std::string> all = {"pack", "--tokenizer", folder_ / "tokenizer", "--out", folder_ / "pack"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  ProgramResult run(const std::vector<std::string>& more, const std::string& input = "") {
    return run_program(arguments(more), input);
  }
  bool nothing_left() {
    return !std::filesystem::exists(folder_ / "pack") && !std::filesystem::exists(folder_ / "pack.partial");
  }
  TemporaryFolder folder_;
};

TEST_F(PackCommand, SaysWhatItPacked) {
  const ProgramResult plain = run(
      {"--source", folder_ / "rows.jsonl.gz", "--context", "8", "--begin", "<|begin|>", "--end", "<|end|>"});
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("train: 2 documents, 9 tokens from 5 B of text"));
  EXPECT_THAT(toy::documents(Pack(folder_ / "pack")), ElementsAre("[One]", "[23]"));

  const ProgramResult json =
      run({"--source", folder_ / "rows.jsonl.gz", "--context", "8", "--licence", "CC0", "--json"});
  EXPECT_EQ(json.code, 0) << json.err;
  const Json report = parse_json(json.out, "stdout");
  EXPECT_EQ(report["splits"]["train"]["documents"], 2);
  EXPECT_EQ(report["splits"]["train"]["rows"], 1);
  EXPECT_EQ(report["skipped"], 0);
  EXPECT_EQ(report["sha256"], sha256_file(folder_ / "pack/pack.json"));
  EXPECT_EQ(Pack(folder_ / "pack").manifest().sources[0].licence, "CC0");
}

TEST_F(PackCommand, TakesSeveralSourcesWithoutAFlag) {
  const std::string one = folder_.write("one.txt", "one"), two = folder_.write("two.txt", "two");
  const ProgramResult behind = run({one + ":3", two + ":1"});
  EXPECT_EQ(behind.code, 0) << behind.err;
  EXPECT_THAT(toy::documents(Pack(folder_ / "pack")), ElementsAre("one", "two"));
  const ProgramResult before = run_program({"pack", one, two, "--licence", "CC0", "--tokenizer",
                                            folder_ / "tokenizer", "--out", folder_ / "pack", "--json"});
  EXPECT_EQ(before.code, 0) << before.err;
  EXPECT_EQ(Pack(folder_ / "pack").manifest().sources.size(), 2);
}

TEST_F(PackCommand, ReadsStandardInput) {
  const ProgramResult result = run({"--source", "-", "--documents", "line"}, "one\ntwo\n");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(toy::documents(Pack(folder_ / "pack")), ElementsAre("one", "two"));
}

TEST_F(PackCommand, StandardInputMayBeRows) {
  const ProgramResult rows = run({"--source", "-"}, "{\"text\":\"one\"}\n{\"text\":\"two\"}\n");
  EXPECT_EQ(rows.code, 0) << rows.err;
  EXPECT_THAT(toy::documents(Pack(folder_ / "pack")), ElementsAre("one", "two"));
  const ProgramResult text = run({"--source", "-"}, "{one}\n{two}\n");
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(toy::documents(Pack(folder_ / "pack")), ElementsAre("{one}\n{two}\n"));
}

TEST_F(PackCommand, SaysThatWhatIsMeasuredHasBeenLearnt) {
  const std::string one = folder_.write("one.txt", "one"), two = folder_.write("two.txt", "two");
  EXPECT_THAT(run({one, one + ":valid"}).err, HasSubstr("one.txt: is in train and in valid"));
  EXPECT_EQ(run({one, two + ":valid"}).err.find("in valid"), std::string::npos);
}

TEST_F(PackCommand, ABrokenRowStopsItOrIsSkipped) {
  const ProgramResult stopped = run({"--source", folder_ / "bad.jsonl"});
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.err, AllOf(HasSubstr("bad.jsonl:2: "), HasSubstr("--skip-invalid")));
  EXPECT_TRUE(nothing_left());
  const ProgramResult skipped = run({"--source", folder_ / "bad.jsonl", "--skip-invalid"});
  EXPECT_EQ(skipped.code, 0);
  EXPECT_THAT(skipped.err, HasSubstr("bad.jsonl:2: "));
  EXPECT_THAT(skipped.out, HasSubstr("1 skipped: invalid_json"));
}

TEST_F(PackCommand, WrongUsageIsExitCodeTwo) {
  EXPECT_EQ(run({}).code, 2);
  EXPECT_EQ(run({"--source", "x", "--unknown"}).code, 2);
  EXPECT_EQ(run({"--source", folder_ / "rows.jsonl.gz:0"}).code, 2);
  EXPECT_THAT(run({"--source", folder_ / "rows.jsonl.gz:1e400"}).err, HasSubstr("the weight 1e400 is not"));
  EXPECT_EQ(run({"--source", folder_ / "rows.jsonl.gz", "--end", "<|nowhere|>"}).code, 2);
  EXPECT_EQ(run({"--source", folder_ / "rows.jsonl.gz", "--licence", "x=CC0"}).code, 2);
  EXPECT_EQ(run({"--source", folder_ / "rows.jsonl.gz", "--context", "0"}).code, 2);
  EXPECT_EQ(run({"--source", folder_ / "rows.jsonl.gz", "--dedupe", "exact", "--similarity", "0.9"}).code, 2);
  EXPECT_EQ(run({"--source", folder_ / "missing.txt"}).code, 1);
  EXPECT_TRUE(nothing_left());
}

TEST_F(PackCommand, AFullDiskIsOneMessage) {
  folder_.write("large.txt", std::string(3 << 20, 'x'));
  const ProgramResult result =
      Program(arguments({"--source", folder_ / "large.txt"}), "", uint64_t{1} << 20).wait();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot write to it"));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
  EXPECT_TRUE(nothing_left());
}

TEST_F(PackCommand, CtrlCLeavesNothing) {
  const ProgramResult result = Program::interrupted(arguments({"--source", "-"}));
  EXPECT_EQ(result.code, 130) << result.err;
  EXPECT_THAT(result.err, HasSubstr("interrupted"));
  EXPECT_TRUE(nothing_left());
}

TEST_F(PackCommand, InspectShowsWhatIsLearnt) {
  const std::vector<std::string> marks = {"--begin", "<|begin|>", "--end", "<|end|>"};
  std::vector<std::string> packing = {"--source", folder_ / "rows.jsonl.gz"};
  packing.insert(packing.end(), marks.begin(), marks.end());
  ASSERT_EQ(run(packing).code, 0);
  const ProgramResult plain =
      run_program({"pack", "inspect", folder_ / "pack", "--rows", "9", "--context", "8", "--verify"});
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_THAT(plain.out,
              AllOf(HasSubstr("rows.jsonl.gz"), HasSubstr("4-7"), HasSubstr("####"),
                    HasSubstr("    + One<|end|>\n"), HasSubstr("      <|begin|>2\n    + 3<|end|>\n")));
  const ProgramResult json =
      run_program({"pack", "inspect", folder_ / "pack", "--rows", "1", "--context", "8", "--json"});
  const Json report = parse_json(json.out, "stdout");
  EXPECT_EQ(report["splits"]["train"]["sources"][0]["documents"], 2);
  EXPECT_EQ(report["rows"][0]["segments"][0]["runs"][1]["text"], "One<|end|>");
  EXPECT_EQ(report["rows"][0]["segments"][0]["runs"][1]["learnt"], true);
  EXPECT_EQ(report["manifest"]["format_version"], 1);

  EXPECT_EQ(run_program({"pack", "inspect", folder_ / "missing"}).code, 1);
  EXPECT_EQ(run_program({"pack", "inspect"}).code, 2);
  EXPECT_EQ(run_program({"pack", "inspect", folder_ / "pack", "--rows", "1", "--first", "9"}).code, 2);
  std::filesystem::rename(folder_ / "tokenizer", folder_ / "elsewhere");
  const ProgramResult without = run_program({"pack", "inspect", folder_ / "pack", "--rows", "1"});
  EXPECT_EQ(without.code, 2);
  EXPECT_THAT(without.err, HasSubstr("--tokenizer"));
  EXPECT_EQ(
      run_program({"pack", "inspect", folder_ / "pack", "--rows", "1", "--tokenizer", folder_ / "elsewhere"})
          .code,
      0);
}

TEST_F(PackCommand, LeavesOutWhatItIsTold) {
  folder_.write("twice.jsonl", "{\"text\":\"a b\"}\n{\"text\":\"a  b\"}\n");
  const ProgramResult result = run({"--source", folder_ / "twice.jsonl", "--dedupe", "exact"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("1 left out: duplicate"), HasSubstr("filtered.txt")));
  EXPECT_EQ(run({"--source", folder_ / "twice.jsonl", "--dedupe", "some"}).code, 2);
  EXPECT_EQ(run({"--source", folder_ / "twice.jsonl", "--decontaminate-list"}).code, 2);
}

}  // namespace
}  // namespace bantam
