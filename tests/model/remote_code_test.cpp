#include "model/remote/modeling_bantam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "model/tiny_models.h"

namespace bantam {
namespace {

using namespace testing;

TEST(RemoteCode, IsTheFileOfTheSources) {
  const std::string file =
      read_file(std::filesystem::path(BANTAM_SOURCE_DIR) / "src/model/remote" / kRemoteCodeFile);
  EXPECT_TRUE(remote_code() == file) << "the build holds another text than the file";
  EXPECT_LE(std::count(file.begin(), file.end(), '\n'), 600);
}

TEST(RemoteCode, KnowsWhatModelsAreMadeOf) {
  for (const ModelConfig& config : {tiny_dense(), tiny_looped(), tiny_recurrent()})
    EXPECT_EQ(unknown_to_remote_code(config), "");
  for (const PresetInfo& preset : presets())
    EXPECT_EQ(unknown_to_remote_code(parse_model({{"preset", preset.name}}, "p")), "") << preset.name;
}

TEST(RemoteCode, NamesThePartThatItDoesNotKnow) {
  const PartConfig strange{"turbo", R"({"kind": "turbo"})"};
  const auto complaint = [](auto change) {
    ModelConfig config = tiny_dense();
    change(config);
    return unknown_to_remote_code(config);
  };
  EXPECT_EQ(complaint([&](ModelConfig& c) { c.layers.back().mixer = strange; }), "the mixer turbo");
  EXPECT_EQ(complaint([&](ModelConfig& c) { c.layers.back().feed = strange; }), "the feed turbo");
  EXPECT_EQ(complaint([&](ModelConfig& c) { c.join = strange; }), "the join turbo");
  EXPECT_EQ(complaint([&](ModelConfig& c) { c.embed.memory = strange; }), "the memory turbo");
  EXPECT_EQ(complaint([&](ModelConfig& c) { c.refine = strange; }), "the refinement turbo");
}

}  // namespace
}  // namespace bantam
