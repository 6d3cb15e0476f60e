#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "infer/golden_files.h"
#include "infer/small_model.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Json checks_of(const ProgramResult& result) {
  Json checks = Json::object();
  const Json report = parse_json(result.out, "verify");
  for (const Json& check : report["checks"]) checks[check["check"]] = check["finding"];
  return checks;
}

TEST(Verify, AFolderOfOursIsWhatItSays) {
  const SmallModelFolder model;
  const ProgramResult result = run_program({"verify", model.path().string(), "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json checks = checks_of(result);
  EXPECT_THAT(checks["weights"].get<std::string>(), HasSubstr("as recorded"));
  EXPECT_THAT(checks["tokenizer"].get<std::string>(), HasSubstr("as recorded"));
  EXPECT_EQ(checks["reload"], "the same bits");
  EXPECT_EQ(checks["decoding"], "token by token as in one piece");
}

TEST(Verify, ChangedWeightsAndTokenizersAreFound) {
  const SmallModelFolder model;
  std::string weights = read_file(model / "model.safetensors");
  weights.back() = static_cast<char>(weights.back() ^ 0x10);
  model.write("model.safetensors", weights);
  const ProgramResult result = run_program({"verify", model.path().string()});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("weights"), HasSubstr("recorded is")));
  EXPECT_THAT(result.out, HasSubstr("BAD  weights"));

  const SmallModelFolder other;
  std::filesystem::remove(other / "tokenizer.json");
  const ProgramResult missing = run_program({"verify", other.path().string()});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("tokenizer: is recorded, but not there"));
}

TEST(Verify, TwoFoldersComputeTheSameOrNot) {
  const GoldenFolder qwen("models/qwen2"), yarn("models/llama_yarn");
  const TemporaryFolder folder;
  const std::string exported = (folder / "bin").string();
  ASSERT_EQ(run_program({"export", qwen.path().string(), exported, "--to", "bin"}).code, 0);
  const ProgramResult same =
      run_program({"verify", qwen.path().string(), exported, "--json", "--tolerance", "0"});
  ASSERT_EQ(same.code, 0) << same.err;
  EXPECT_THAT(checks_of(same)["comparison"].get<std::string>(), HasSubstr("at most 0"));
  const ProgramResult different = run_program({"verify", qwen.path().string(), yarn.path().string()});
  EXPECT_EQ(different.code, 1);
  EXPECT_THAT(different.err, HasSubstr("comparison"));
  EXPECT_EQ(run_program({"verify", (folder / "nowhere").string()}).code, 1);
  EXPECT_EQ(run_program({"verify", qwen.path().string(), "--tolerance", "-1"}).code, 2);
}

}  // namespace
}  // namespace bantam
