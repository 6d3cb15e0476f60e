#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "infer/golden_files.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

Json inspected(const std::vector<std::string>& words) {
  std::vector<std::string> all = {"inspect", "--json"};
  all.insert(all.end(), words.begin(), words.end());
  const ProgramResult result = run_program(all);
  EXPECT_EQ(result.code, 0) << result.err;
  return parse_json(result.out, "inspect");
}

TEST(Inspect, PresetsHaveTheirCardsCounts) {
  const std::vector<std::pair<const char*, uint64_t>> counts = {{"qovaryx-50m", 47474688},
                                                                {"qovaryx-350m", 304427008},
                                                                {"qovaryx-1b", 1068646400},
                                                                {"qovaryx-3b", 3066688256},
                                                                {"quark-72m", 71646720}};
  for (const auto& [preset, count] : counts) {
    const Json report = inspected({"--preset", preset});
    EXPECT_EQ(report["parameters"], count) << preset;
    uint64_t sum = 0;
    for (const auto& part : report["parts"].items()) sum += part.value().get<uint64_t>();
    EXPECT_EQ(sum, count) << preset;
  }
  const Json large = inspected({"--preset", "qovaryx-3b"});
  EXPECT_EQ(large["parameters_inference"], 2958322560u);
  EXPECT_EQ(large["parameters_active"], 2958322560u);
  EXPECT_EQ(inspected({"--preset", "qovaryx-50m", "--set", "decision_head=false"})["parameters"], 47342080u);
}

TEST(Inspect, AFolderWithTheHashOfItsWeights) {
  const GoldenFolder folder("vuaf/rwkv_only");
  const Json report = inspected({folder.path().string()});
  EXPECT_EQ(report["family"], "vuaf");
  EXPECT_EQ(report["parameters"], 28245);
  EXPECT_EQ(report["dtype"], "F32");
  // By the definition in formats/model_state.h, computed in Python.
  EXPECT_EQ(report["model_state_sha256"], "12860dc0796c58e76fe2c51ae175492a072c07c5d06dc6ef1da913464777378c");
}

TEST(Inspect, ARunFolderIsItsComposition) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  ASSERT_EQ(run_program({"init", "nano", run}).code, 0);
  EXPECT_EQ(inspected({run})["parameters"], inspected({"--preset", "nano"})["parameters"]);
  EXPECT_EQ(inspected({run, "--set", "d_model=96"})["config"]["width"], 96);
}

TEST(Inspect, DrawsAPictureAndAPage) {
  const GoldenFolder model("vuaf/rwkv_only");
  const TemporaryFolder to;
  const std::string svg = to / "model.svg", html = to / "model.html";
  const ProgramResult result = run_program({"inspect", model.path().string(), "--svg", svg, "--html", html});
  ASSERT_EQ(result.code, 0) << result.err;
  const std::string picture(MappedFile(svg).text()), page(MappedFile(html).text());
  EXPECT_TRUE(picture.starts_with("<svg xmlns="));
  EXPECT_THAT(picture, HasSubstr(">28,245<"));
  EXPECT_THAT(page, HasSubstr(picture));
  EXPECT_THAT(page, HasSubstr("<h2>Config</h2>"));

  const ProgramResult missing =
      run_program({"inspect", "--preset", "nano", "--svg", to / "no/such/model.svg"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.out, "");
  EXPECT_THAT(missing.err, HasSubstr("no/such/model.svg"));
}

TEST(Inspect, ErrorsAreOneClearLine) {
  const auto error = [](std::vector<std::string> words, int code) {
    words.insert(words.begin(), "inspect");
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, code);
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_THAT(error({"--preset", "qovaryx-50n"}, 2), HasSubstr("qovaryx-50m"));
  EXPECT_THAT(error({"--preset", "nano", "--set", "d_modle=64"}, 2), HasSubstr("d_model"));
  EXPECT_THAT(error({}, 2), HasSubstr("--preset"));
  EXPECT_THAT(error({"/nonexistent"}, 1), HasSubstr("/nonexistent"));
  const TemporaryFolder folder;
  folder.write("config.json", R"({"model_type": "gpt_neox"})");
  EXPECT_THAT(error({folder.path().string()}, 1), HasSubstr("safetensors"));
}

}  // namespace
}  // namespace bantam
