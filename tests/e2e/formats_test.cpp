// What 0.1.0 wrote can be opened by every later version: models, packs and runs of tests/golden/formats_v1, with figures
// noted when they were made. And a file of a later version than this one is refused by name, not misread.
// Law: these fixtures are never made anew; see docs/formats/README.md.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "data/pack_reader.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class FormatsOfVersionOne : public ::testing::Test {
 protected:
  FormatsOfVersionOne() {
    fs::copy(fs::path(BANTAM_SOURCE_DIR) / "tests/golden/formats_v1", at(""), fs::copy_options::recursive);
  }
  fs::path at(const std::string& name) const { return folder_ / ("v1/" + name); }
  // The same file, of a later version.
  void raise(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text = read_file(at(name));
    const size_t found = text.find(from);
    ASSERT_NE(found, std::string::npos) << name << ": " << text;
    write_file(at(name), text.replace(found, from.size(), to));
  }
  static std::string refused(const std::vector<std::string>& command, int code = 1) {
    const ProgramResult result = run_program(command);
    EXPECT_EQ(result.code, code) << result.err;
    return result.err;
  }
  std::vector<Json> log() const {
    std::vector<Json> lines;
    std::ifstream file(at("run/log.jsonl"));
    for (std::string line; std::getline(file, line);) lines.push_back(parse_json(line, "log"));
    return lines;
  }
  TemporaryFolder folder_;
};

TEST_F(FormatsOfVersionOne, AModelIsReadAndItsHashIsTheSame) {
  const ProgramResult verified = run_program({"verify", at("run/model")});
  EXPECT_EQ(verified.code, 0) << verified.err << verified.out;
  const ProgramResult said = run_program({"generate", at("run/model"), "--prompt", "la la ", "--temperature",
                                          "0", "--max-tokens", "4", "--json"});
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(parse_json(said.out, "stdout")["text"], " la la la la");
}

TEST_F(FormatsOfVersionOne, APackIsReadWithAllItsColumns) {
  const Pack pack(at("pack"));
  EXPECT_EQ(pack.sha256(), "9bc45228a8fc413a121a3f9e70d6ac7c460f7df6c3a42918781545b423acfce8");
  EXPECT_EQ(pack.tokens("train"), 70u);
  const ProgramResult shown = run_program({"pack", "inspect", at("pack"), "--verify"});
  EXPECT_EQ(shown.code, 0) << shown.err << shown.out;
  ASSERT_EQ(pack.shards().size(), 1u);
  const Shard& shard = pack.shards()[0];
  ASSERT_EQ(shard.documents(), 4u);
  EXPECT_EQ(shard.category_of(0), "text");
  EXPECT_EQ(shard.meta_of(1), R"({"number":2})");
  EXPECT_EQ(shard.label_within(shard.offsets()[0], shard.document_tokens(0))->label, 1);
  EXPECT_FALSE(shard.is_target(shard.offsets()[1])) << "of a prompt";
  const std::span<const uint8_t> image = shard.image_at(shard.offsets()[3]);
  ASSERT_EQ(image.size(), 4u * 4 * 3);
  EXPECT_EQ(image[47], 62);
}

TEST_F(FormatsOfVersionOne, ARunGoesOn) {
  const std::vector<Json> before = log();
  const ProgramResult result = run_program({"train", at("run"), "--set", "train.target_tokens=256"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("going on after step 2 of 4"));
  const std::vector<Json> lines = log();
  ASSERT_GT(lines.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(lines[i], before[i]);
  EXPECT_EQ(lines.back()["step"], 4);
  for (const Json& line : lines)
    if (line["step"] == 4 && line.contains("lr")) {
      EXPECT_NEAR(line["loss"].get<double>(), 5.416871, 1e-4);
    }
  EXPECT_EQ(run_program({"report", at("run")}).code, 0);
}

TEST_F(FormatsOfVersionOne, ModelsAndPacksOfALaterVersionAreRefused) {
  raise("run/model/config.json", "\"bantam\": {\n    \"format_version\": 1",
        "\"bantam\": {\n    \"format_version\": 2");
  EXPECT_THAT(refused({"inspect", at("run/model")}),
              AllOf(HasSubstr("config.json"), HasSubstr("format_version is 2")));
  raise("pack/pack.json", "\"format_version\": 1", "\"format_version\": 2");
  EXPECT_THAT(refused({"pack", "inspect", at("pack")}),
              AllOf(HasSubstr("pack.json"), HasSubstr("format_version is 2")));
}

TEST_F(FormatsOfVersionOne, ARunOfALaterVersionIsRefused) {
  const std::string state = "run/checkpoints/step-000002/state.json";
  const std::vector<std::string> train = {"train", at("run"), "--set", "train.target_tokens=256"};
  const std::string kept = read_file(at(state));
  raise(state, "\"format_version\": 1", "\"format_version\": 2");
  EXPECT_THAT(refused(train), AllOf(HasSubstr("state.json"), HasSubstr("format_version is 2")));
  write_file(at(state), kept);
  const std::string version = "format_version is 2, this program reads up to 1";
  raise("run/log.jsonl", "\"format_version\":1", "\"format_version\":2");
  EXPECT_THAT(refused(train), AllOf(HasSubstr("log.jsonl"), HasSubstr(version)));
  EXPECT_THAT(refused({"report", at("run")}), AllOf(HasSubstr("log.jsonl"), HasSubstr(version)));
  raise("run/log.jsonl", "\"format_version\":2", "\"format_version\":1");
  raise("run/model.json", "\"format_version\": 1", "\"format_version\": 2");
  EXPECT_THAT(refused(train), AllOf(HasSubstr("model.json"), HasSubstr(version)));
  raise("run/run.yaml", "tokenizer:", "format_version: 2\ntokenizer:");
  EXPECT_THAT(refused(train), AllOf(HasSubstr("run.yaml"), HasSubstr(version)));
  folder_.write("v1/quickstart.json", R"({"format_version": 2, "minutes": 5})");
  EXPECT_THAT(refused({"quickstart", "--out", at("")}),
              AllOf(HasSubstr("quickstart.json"), HasSubstr(version)));
}

TEST_F(FormatsOfVersionOne, WhatIsReadForPeopleIsLeftOutAndSaidSo) {
  raise("run/plan.json", "\"format_version\": 1", "\"format_version\": 2");
  ASSERT_EQ(run_program({"report", at("run")}).code, 0);
  EXPECT_THAT(read_file(at("run/report.html")), HasSubstr("format_version is 2"));
}

TEST_F(FormatsOfVersionOne, EveryFileCarriesItsNumber) {
  EXPECT_THAT(read_file(at("run/resolved.yaml")), ::testing::StartsWith("format_version: 1\n"));
  EXPECT_EQ(read_json(at("run/plan.json"))["format_version"], 1);
  EXPECT_EQ(log().at(0)["format_version"], 1);
  EXPECT_EQ(read_json(at("run/model/config.json"))["bantam"]["format_version"], 1);
}

}  // namespace
}  // namespace bantam
