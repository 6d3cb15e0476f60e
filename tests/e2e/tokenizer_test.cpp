#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TokenizerCommand : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string text;
    for (int i = 0; i < 60; ++i)
      text += fmt::format("The {} hens of the farm ate {} seeds, and  then they slept.\n", i, i * 7);
    folder_.write("text.txt", text);
  }
  ProgramResult train(const std::string& kind, const std::vector<std::string>& more = {}) {
    std::vector<std::string> all = {"tokenizer",          "train", "--kind",     kind, "--input",
                                    folder_ / "text.txt", "--out", folder_ / "t"};
    all.insert(all.end(), more.begin(), more.end());
    return run_program(all);
  }
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, TokenizerCommand, testing::Values("bpe", "sentencepiece", "length-max"),
                         [](const auto& test) {
                           return std::string(test.param) == "length-max" ? "length_max" : test.param;
                         });

TEST_P(TokenizerCommand, TrainsEncodesDecodesAndTells) {
  std::vector<std::string> options = {"--vocab-size", "400", "--json"};
  if (std::string(GetParam()) == "bpe") options.insert(options.end(), {"--special", "<|im_end|>"});
  if (std::string(GetParam()) == "sentencepiece") options.insert(options.end(), {"--category", "hens"});
  const ProgramResult trained = train(GetParam(), options);
  ASSERT_EQ(trained.code, 0) << trained.err;
  const Json report = parse_json(trained.out, "stdout");
  EXPECT_GT(report["vocab_size"], 300);
  const ProgramResult told = run_program({"tokenizer", "inspect", folder_ / "t", "--json"});
  ASSERT_EQ(told.code, 0) << told.err;
  const Json file = parse_json(told.out, "stdout");
  EXPECT_EQ(file["sha256"], report["sha256"]);
  EXPECT_EQ(file["model"], report["kind"]);
  EXPECT_EQ(file["vocab_size"], report["vocab_size"]);

  const std::string text = "The 7 hens  ate\n\n<bos><|im_end|> caf\u00E9 \u2603\n";
  const ProgramResult ids = run_program({"tokenizer", "encode", folder_ / "t"}, text);
  ASSERT_EQ(ids.code, 0) << ids.err;
  const ProgramResult back = run_program({"tokenizer", "decode", folder_ / "t", "--skip-special"}, ids.out);
  EXPECT_EQ(back.out, text);
  const ProgramResult parsed =
      run_program({"tokenizer", "encode", folder_ / "t", "--special", "parse"}, text);
  EXPECT_LT(parsed.out.size(), ids.out.size());
}

TEST_F(TokenizerCommand, LearnsFromSeveralTextsWithoutAFlag) {
  const std::string text = folder_ / "text.txt", other = folder_.write("other.txt", "Cocks crow at dawn.\n");
  const ProgramResult result = run_program({"tokenizer", "train", text, other, "--special", "[INST]",
                                            "--vocab-size", "300", "--out", folder_ / "t"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(run_program({"tokenizer", "train", text, folder_ / "gone.txt", "--vocab-size", "300", "--out",
                         folder_ / "t"})
                .code,
            0);
}

TEST_F(TokenizerCommand, InspectsWithATextAndImportsOtherFiles) {
  ASSERT_EQ(train("bpe", {"--preset", "nano", "--vocab-size", "300"}).code, 0);
  const ProgramResult told =
      run_program({"tokenizer", "inspect", folder_ / "t", "--text", folder_ / "text.txt", "--json"});
  ASSERT_EQ(told.code, 0) << told.err;
  const Json report = parse_json(told.out, "stdout");
  EXPECT_EQ(report["tokens"]["special"], 3);  // those that training on conversations wants
  EXPECT_EQ(report["tokens"]["single bytes"], 128);
  EXPECT_EQ(report["longest_tokens"].size(), 10u);
  EXPECT_GT(report["texts"][0]["bytes_per_token"], 1.2);
  EXPECT_EQ(report["texts"][0]["coverage"], 1.0);
  EXPECT_EQ(report["texts"][0]["reversible"], true);
  EXPECT_THAT(run_program({"tokenizer", "inspect", folder_ / "t"}).out,
              AllOf(HasSubstr("128 of single bytes"), HasSubstr("long token")));

  std::string world;
  for (int byte = 0; byte < 256; ++byte)
    world += fmt::format("{} {}'\\x{:02x}' 1\n", byte + 1, byte < 0x80 ? "" : "b", byte);
  folder_.write("world.txt", world + "257 'hens' 4\n");
  const ProgramResult imported =
      run_program({"tokenizer", "import", folder_ / "world.txt", "--out", folder_ / "w"});
  ASSERT_EQ(imported.code, 0) << imported.err;
  EXPECT_EQ(run_program({"tokenizer", "encode", folder_ / "w"}, "7 hens").out, "56 33 257\n");
  const ProgramResult refused =
      run_program({"tokenizer", "import", folder_ / "text.txt", "--out", folder_ / "x"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("none of the vocabularies"));
}

TEST_F(TokenizerCommand, WhatIsATokenizerAlreadyIsNotImported) {
  for (const char* kind : {"bpe", "sentencepiece", "length-max"}) {
    ASSERT_EQ(train(kind, {"--vocab-size", "400"}).code, 0);
    const std::string file = std::string(kind) == "sentencepiece" ? "t/spm.model" : "t/tokenizer.json";
    for (const std::string& given : {file, std::string("t")}) {
      const ProgramResult result =
          run_program({"tokenizer", "import", folder_ / given, "--out", folder_ / "x"});
      EXPECT_EQ(result.code, 2) << kind;
      EXPECT_THAT(result.err, AllOf(HasSubstr(file), HasSubstr("used as it is"))) << kind;
    }
    std::filesystem::remove_all(folder_ / "t");
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
}

TEST_F(TokenizerCommand, UnknownIdsAreNotDropped) {
  ASSERT_EQ(train("bpe", {"--vocab-size", "300"}).code, 0);
  const auto decoded = [&](const char* ids, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"tokenizer", "decode", folder_ / "t"});
    return run_program(more, ids);
  };
  const ProgramResult plain = decoded("65 99999"), rows = decoded("[65]\n[300]\n", {"--jsonl"});
  EXPECT_EQ(plain.code, 1);
  EXPECT_EQ(plain.err, "bantam: standard input, byte 3: 99999 is no token id; the tokenizer has 0 to 299\n");
  EXPECT_EQ(rows.code, 1);
  EXPECT_THAT(rows.err, HasSubstr("line 2: 300 is no token id"));
  EXPECT_EQ(decoded("299").code, 0);
}

TEST_F(TokenizerCommand, PresetsGiveKindAndSize) {
  const auto plan = [&](const char* preset) {
    const ProgramResult result = run_program({"tokenizer", "train", "--preset", preset, "--input",
                                              folder_ / "text.txt", "--out", folder_ / preset, "--json"});
    return result.code == 0 ? parse_json(result.out, "stdout") : Json(result.err);
  };
  EXPECT_EQ(plan("qovaryx-50m")["kind"], "byte-level BPE");
  EXPECT_EQ(plan("escarda-nano")["kind"], "length-max");
  const ProgramResult neither =
      run_program({"tokenizer", "train", "--input", folder_ / "text.txt", "--out", folder_ / "n"});
  EXPECT_EQ(neither.code, 2);
  EXPECT_THAT(neither.err, AllOf(HasSubstr("--vocab-size"), HasSubstr("--preset")));
  const ProgramResult unknown = run_program({"tokenizer", "train", "--preset", "qovarix-50m", "--input",
                                             folder_ / "text.txt", "--out", folder_ / "n"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("qovaryx-50m"));
}

TEST_F(TokenizerCommand, RefusesOptionsOfOtherKinds) {
  const ProgramResult phrases = train("bpe", {"--vocab-size", "400", "--phrases"});
  EXPECT_EQ(phrases.code, 2);
  EXPECT_THAT(phrases.err, AllOf(HasSubstr("--phrases"), HasSubstr("length-max")));
  const ProgramResult category = train("length-max", {"--vocab-size", "400", "--category", "a"});
  EXPECT_EQ(category.code, 2);
  EXPECT_THAT(category.err, HasSubstr("sentencepiece"));
  const ProgramResult small = train("sentencepiece", {"--vocab-size", "200"});
  EXPECT_EQ(small.code, 2);
  EXPECT_THAT(small.err, HasSubstr("want 300"));
  const ProgramResult characters = train("sentencepiece", {"--vocab-size", "300"});
  EXPECT_EQ(characters.code, 2);
  EXPECT_THAT(characters.err, AllOf(HasSubstr("want at least 3"), HasSubstr("299 symbols and bytes"),
                                    Not(HasSubstr("coverage")), Not(HasSubstr(".cc"))));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "t"));
}

TEST_F(TokenizerCommand, PacksConversationsInTheFormOfTheTokenizer) {
  ASSERT_EQ(train("sentencepiece", {"--vocab-size", "400", "--category", "hens", "--category", "seeds"}).code,
            0);
  folder_.write(
      "rows.jsonl",
      "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}],"
      "\"category\":\"seeds\"}\n");
  const ProgramResult packed =
      run_program({"pack", "--tokenizer", folder_ / "t", "--source", folder_ / "rows.jsonl", "--context",
                   "32", "--out", folder_ / "pack"});
  ASSERT_EQ(packed.code, 0) << packed.err;
  // <bos> category <|turn|> <|user|> a <|turn|> <|assistant|> b <eos>
  EXPECT_THAT(packed.out, HasSubstr("train: 1 documents, 9 tokens"));
  folder_.write("rows.jsonl",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\","
                "\"content\":\"b\"}],\"category\":\"poems\"}\n");
  const ProgramResult unknown =
      run_program({"pack", "--tokenizer", folder_ / "t", "--source", folder_ / "rows.jsonl", "--context",
                   "32", "--out", folder_ / "p2"});
  EXPECT_NE(unknown.code, 0);
  EXPECT_THAT(unknown.err, HasSubstr("no category \"poems\""));
}

}  // namespace
}  // namespace bantam
