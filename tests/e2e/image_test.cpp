// Images from files to a model that answers: squares whose colour is the class, told by the decision head and in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "image_files.h"
#include "infer/small_model.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

constexpr const char* kWords[] = {"red", "green"};

class ImageRun : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 48; ++i) {
      const uint8_t strong = static_cast<uint8_t>(150 + i), weak = static_cast<uint8_t>(2 * i);
      const Image image = i % 2 == 0 ? plain_image(8, strong, weak, 9) : plain_image(8, weak, strong, 9);
      folder_.write(name(i), i % 3 == 0 ? jpeg_file(image) : png_file(image));
    }
    folder_.write("train.jsonl", rows(0, 36));
    folder_.write("valid.jsonl", rows(36, 48));
    folder_.write("run.yaml", R"(tokenizer: {path: tokenizer, train: {vocab_size: 300}}
data: {sources: [{path: train.jsonl}, {path: valid.jsonl, split: valid}]}
train: {max_seq_len: 32, tokens_per_batch: 512, target_tokens: 61440, lr: 5e-3, warmup_steps: 5, eval_every: 0,
        mixed_precision: f32}
)");
    write_model({{"image_size", 8}, {"patch_size", 4}});
  }
  static std::string name(int i) { return fmt::format("{}.{}", i, i % 3 == 0 ? "jpg" : "png"); }
  // Beside each row with an image one of text alone.
  static std::string rows(int begin, int end) {
    std::string text;
    for (int i = begin; i < end; ++i)
      text += fmt::format(
          "{{\"prompt\":\"It is\",\"completion\":\" "
          "{}\",\"image\":\"{}\",\"decision\":{},\"decision_position\":0}}\n"
          "{{\"text\":\"It is a day\"}}\n",
          kWords[i % 2], name(i), i % 2);
    return text;
  }
  void write_model(const Json& patches) {
    const Json layer = {{"mixer", {{"kind", "attention"}, {"heads", 2}}},
                        {"feed", {{"kind", "swiglu"}, {"width", 48}}}};
    Json model = {{"width", 24},
                  {"vocab", 300},
                  {"context", 64},
                  {"layers", Json::array({layer})},
                  {"heads", {{"decision", {{"enabled", true}, {"classes", 2}}}}}};
    if (!patches.is_null()) model["embed"]["patches"] = patches;
    folder_.write("model.json", model.dump());
  }
  ProgramResult train() const { return run_program({"train", folder_.path().string()}); }
  ProgramResult say(const std::string& image) const {
    return run_program({"generate", (folder_ / "model").string(), "--prompt", "It is", "--image",
                        (folder_ / image).string(), "--temperature", "0", "-n", "8", "--json"});
  }
  TemporaryFolder folder_;
};

TEST_F(ImageRun, LearnsWhatImagesShowAndAnswers) {
  const ProgramResult result = train();
  ASSERT_EQ(result.code, 0) << result.err;
  std::string last;
  std::ifstream log(folder_ / "log.jsonl");
  for (std::string line; std::getline(log, line);) last = line;
  const Json eval = parse_json(last, "log")["eval"];
  EXPECT_EQ(eval["valid_decision_rows"], 12);
  EXPECT_EQ(eval["valid_decision_majority"], 0.5);
  EXPECT_EQ(eval["valid_decision_accuracy"], 1);
  for (const int i : {36, 37, 38, 39}) {
    const ProgramResult said = say(name(i));
    ASSERT_EQ(said.code, 0) << said.err;
    const Json json = parse_json(said.out, "generate");
    EXPECT_THAT(json["text"].get<std::string>(), HasSubstr(kWords[i % 2])) << i;
  }
  folder_.write("note.txt", "no image");
  const ProgramResult broken = say("note.txt");
  EXPECT_NE(broken.code, 0);
  EXPECT_THAT(broken.err, HasSubstr("note.txt: is neither a PNG nor a JPEG file"));

  // The folder says what it was made for.
  write_model({{"image_size", 8}, {"patch_size", 2}});
  const ProgramResult other = train();
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("holds images of 8 pixels in patches of 4, the model takes 8 in 2"));
  write_model(nullptr);
  EXPECT_THAT(train().err, HasSubstr("its rows have images, and the model takes none"));
  const ProgramResult exported =
      run_program({"export", (folder_ / "model").string(), (folder_ / "hf").string(), "--to", "hf"});
  EXPECT_NE(exported.code, 0);
  EXPECT_THAT(exported.err, HasSubstr("chart-patch encoder"));
}

TEST_F(ImageRun, ABrokenImageIsNamedByFileAndLine) {
  folder_.write("train.jsonl", rows(0, 4) + "{\"text\":\"a b c\",\"image\":\"none.png\"}\n");
  const ProgramResult result = train();
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("train.jsonl:9: image "));
  EXPECT_THAT(result.err, HasSubstr("none.png"));
}

TEST_F(ImageRun, AModelWithoutAnEncoderSaysSo) {
  const SmallModelFolder model;
  const ProgramResult result = run_program(
      {"generate", model.path().string(), "--prompt", "a", "--image", (folder_ / name(1)).string()});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--image: this model takes none: it has no chart-patch encoder"));
}

TEST_F(ImageRun, PackWantsToKnowTheSizes) {
  const SmallModelFolder model;
  const std::vector<std::string> words = {"pack",
                                          "--tokenizer",
                                          model.path().string(),
                                          "--out",
                                          (folder_ / "p").string(),
                                          (folder_ / "train.jsonl").string()};
  EXPECT_THAT(run_program(words).err,
              HasSubstr("train.jsonl:1: has an \"image\", and nothing says what images"));
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = words;
    all.insert(all.end(), more.begin(), more.end());
    return run_program(all);
  };
  EXPECT_EQ(with({"--image-size", "8", "--patch-size", "4"}).code, 0);
  EXPECT_THAT(with({"--image-size", "8", "--patch-size", "3"}).err, HasSubstr("3 does not divide"));
  EXPECT_NE(with({"--image-size", "8"}).code, 0);
}

}  // namespace
}  // namespace bantam
