#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/safetensors.h"
#include "formats/stored_values.h"
#include "infer/golden_files.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

TEST(ProbeCommand, WritesWhatItWasAskedFor) {
  const GoldenFolder model("models/llama_gqa_tied");
  const TemporaryFolder folder;
  const std::string ids = (model / "golden.safetensors").string(),
                    out = (folder / "out.safetensors").string();
  const ProgramResult result =
      run_program({"probe", model.path().string(), "--ids", ids, "--out", out, "--loss", "--grads",
                   "--stepwise", "--chunks", "11,5,1", "--greedy", "24"});
  ASSERT_EQ(result.code, 0) << result.err;
  const SafetensorsFile got(out), golden(ids);
  const auto floats = [&](const char* name) { return stored_floats(got, *got.find(name)); };
  EXPECT_THAT(floats("logits"), ::testing::Pointwise(::testing::FloatNear(2e-4f),
                                                     stored_floats(golden, *golden.find("logits"))));
  EXPECT_EQ(floats("stepwise_logits"), floats("logits"));
  EXPECT_EQ(floats("chunked_logits"), floats("logits"));
  EXPECT_NEAR(floats("loss")[0], stored_floats(golden, *golden.find("loss"))[0], 2e-5);
  EXPECT_EQ(stored_integers(got, *got.find("greedy_ids")),
            stored_integers(golden, *golden.find("greedy_ids")));
  for (const StoredTensor& tensor : golden.tensors()) {
    if (!tensor.name.starts_with("grad.")) continue;
    ASSERT_NE(got.find(tensor.name), nullptr) << tensor.name;
    EXPECT_EQ(got.find(tensor.name)->shape, tensor.shape) << tensor.name;
  }
}

TEST(ProbeCommand, LoopedModelsHaveTheirSteps) {
  const GoldenFolder model("vuaf/rwkv_only");
  const TemporaryFolder folder;
  const std::string ids = (model / "golden.safetensors").string(),
                    out = (folder / "out.safetensors").string();
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"probe", model.path().string(), "--ids", ids, "--out", out};
    words.insert(words.end(), more.begin(), more.end());
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return SafetensorsFile(out);
  };
  {
    const SafetensorsFile got = run({"--gn", "token"});
    EXPECT_EQ(got.find("step_logits")->shape, (std::vector<uint64_t>{2, 2, 33, 160}));
    EXPECT_EQ(got.find("halt_lambda")->shape, (std::vector<uint64_t>{1, 2, 33}));
    EXPECT_EQ(got.find("exit_steps")->shape, (std::vector<uint64_t>{2, 33}));
    const std::vector<float> per_token = stored_floats(got, *got.find("logits"));
    const SafetensorsFile published = run({});
    EXPECT_NE(stored_floats(published, *published.find("logits")), per_token);
  }
  const auto exits = [&](const char* threshold) {
    const SafetensorsFile got = run({"--halt-threshold", threshold, "--greedy", "3"});
    return stored_integers(got, *got.find("exit_steps"));
  };
  EXPECT_THAT(exits("0"), ::testing::ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_THAT(exits("off"), ::testing::ElementsAre(1, 1, 1, 1, 1, 1));
}

TEST(ProbeCommand, TurnsLogitsIntoProbabilities) {
  const GoldenFolder golden("vuaf/sampler");
  const TemporaryFolder folder;
  const std::string settings =
      folder.write("settings.json", R"({"temperature": 0.5, "top_p": 0.9, "top_p_rule": "drop_crossing"})")
          .string();
  const std::string out = (folder / "out.safetensors").string();
  const ProgramResult result = run_program(
      {"probe", "--sampler", settings, "--ids", (golden / "sampler.safetensors").string(), "--out", out});
  ASSERT_EQ(result.code, 0) << result.err;
  const SafetensorsFile got(out);
  EXPECT_EQ(got.tensors().size(), 24u);
  double sum = 0;
  for (const float p : stored_floats(got, *got.find("probs.23"))) sum += p;
  EXPECT_NEAR(sum, 1, 1e-5);
}

TEST(ProbeCommand, ErrorsAreOneClearLineAndLeaveNothing) {
  const GoldenFolder model("vuaf/rwkv_only");
  const TemporaryFolder folder;
  const std::string ids = (model / "golden.safetensors").string(),
                    out = (folder / "out.safetensors").string();
  const auto error = [&](std::vector<std::string> words, int code) {
    words.insert(words.begin(), {"probe", "--out", out});
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    return result.err;
  };
  const std::string path = model.path().string();
  const GoldenFolder dense("models/llama_gqa_tied");
  EXPECT_THAT(error({dense.path().string(), "--ids", ids, "--gn", "sequence"}, 2), HasSubstr("group_norm"));
  EXPECT_THAT(error({path, "--ids", ids, "--chunks", "4,0"}, 2), HasSubstr("--chunks"));
  EXPECT_THAT(error({path, "--ids", ids, "--halt-threshold", "2"}, 2), HasSubstr("--halt-threshold"));
  EXPECT_THAT(error({path, "--ids", (model / "model.safetensors").string()}, 1), HasSubstr("input_ids"));
  EXPECT_THAT(error({"--ids", ids}, 2), HasSubstr("MODEL"));
}

}  // namespace
}  // namespace bantam
