#include "text/sentencepiece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "golden.h"
#include "temporary_folder.h"
#include "text/tokenizer.h"
#include "text/vuaf_symbols.h"

namespace bantam {
namespace {

using testing::HasSubstr;
using Ids = std::vector<TokenId>;

const Tokenizer& tokenizer(const std::string& name) {
  static std::map<std::string, Tokenizer> loaded;
  const auto found = loaded.find(name);
  if (found != loaded.end()) return found->second;
  return loaded.emplace(name, Tokenizer::parse(golden::text(name + ".model"), name + ".model")).first->second;
}

std::string streamed(const Tokenizer& tokenizer, const Ids& ids) {
  DecodeStream stream(tokenizer);
  std::string text;
  for (const TokenId id : ids) text += stream.push(id);
  return text + stream.finish();
}

class GoldenSentencePiece : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, GoldenSentencePiece, testing::Values("spm_bpe", "spm_bpe_nmt"),
                         [](const auto& test) { return test.param; });

TEST_P(GoldenSentencePiece, EncodesAllTextsToTheSameIdsAndBack) {
  size_t texts = 0, with_symbols = 0;
  // The symbols that whoever trained these models defined: <|im_start|>, <|im_end|>, <think>.
  const auto names_symbols = [](const Ids& ids) {
    return std::any_of(ids.begin(), ids.end(), [](TokenId id) { return id >= 4 && id <= 6; });
  };
  for (const Json& row : golden::rows(GetParam() + ".goldens.jsonl")) {
    const auto text = row["text"].get<std::string>();
    const auto ids = row["ids"].get<Ids>();
    EXPECT_EQ(tokenizer(GetParam()).encode(text, Special::parse), ids) << row["cat"] << row["i"];
    const Ids spelled = tokenizer(GetParam()).encode(text);
    if (names_symbols(ids)) {
      EXPECT_FALSE(names_symbols(spelled)) << row["cat"] << row["i"];
      ++with_symbols;
    } else {
      EXPECT_EQ(spelled, ids) << row["cat"] << row["i"];
    }
    const auto decoded = row.value("dec", text);
    EXPECT_EQ(tokenizer(GetParam()).decode(ids), decoded) << row["cat"] << row["i"];
    EXPECT_EQ(streamed(tokenizer(GetParam()), ids), decoded) << row["cat"] << row["i"];
    ++texts;
  }
  EXPECT_EQ(texts, 677u);
  EXPECT_GT(with_symbols, 20u);
}

TEST_P(GoldenSentencePiece, DecodesRandomSequences) {
  size_t rows = 0;
  for (const Json& row : golden::rows(GetParam() + ".decode.jsonl")) {
    const auto ids = row["ids"].get<Ids>();
    EXPECT_EQ(tokenizer(GetParam()).decode(ids), row["dec"].get<std::string>());
    EXPECT_EQ(streamed(tokenizer(GetParam()), ids), row["dec"].get<std::string>());
    for (size_t i = 0; i < ids.size(); ++i)
      EXPECT_EQ(tokenizer(GetParam()).token(ids[i]), row["pieces"][i].get<std::string>());
    ++rows;
  }
  EXPECT_GE(rows, 100u);
}

TEST(VuafTokenizer, EncodesAndDecodesLikeTheReference) {
  for (const Json& pair : golden::vuaf_pairs()["pairs"]) {
    const auto ids = pair["ids"].get<Ids>();
    EXPECT_EQ(golden::vuaf_tokenizer().encode(pair["text"].get<std::string>(), Special::parse), ids)
        << pair["text"];
    EXPECT_EQ(golden::vuaf_tokenizer().decode(ids), pair["decoded"].get<std::string>());
    EXPECT_EQ(streamed(golden::vuaf_tokenizer(), ids), pair["decoded"].get<std::string>());
  }
  for (const auto& [piece, text] : golden::vuaf_pairs()["decode_single"].items())
    EXPECT_EQ(golden::vuaf_tokenizer().decode(Ids{*golden::vuaf_tokenizer().id_of(piece)}),
              text.get<std::string>())
        << piece;
}

TEST(VuafTokenizer, WritesTheFilesThatItCameFrom) {
  const TemporaryFolder folder;
  golden::vuaf_tokenizer().save(folder.path());
  EXPECT_EQ(read_file(folder.path() / "spm.model"), golden::unpacked(golden::vuaf_folder() / "spm.model.xz"));
  EXPECT_EQ(read_file(folder.path() / "spm.vocab"), golden::unpacked(golden::vuaf_folder() / "spm.vocab.xz"));
  EXPECT_EQ(read_file(folder.path() / "categories.json"),
            read_file(golden::vuaf_folder() / "categories.json"));
  EXPECT_EQ(read_file(folder.path() / "tokenizer.json"), read_file(golden::vuaf_folder() / "tokenizer.json"));
  // Found in its folder before the tokenizer.json beside it.
  EXPECT_EQ(Tokenizer::load(folder.path()).sha256(), golden::vuaf_tokenizer().sha256());
}

TEST(VuafTokenizer, TextNeverYieldsASpecialTokenUnlessAsked) {
  const Tokenizer& vuaf = golden::vuaf_tokenizer();
  for (const std::string text :
       {"<|assistant|>", "Hi<|turn|><|assistant|>Sure", "a <bos> b", "<eos>", "<|cat:chat|>", "<unk><pad>"}) {
    for (const TokenId id : vuaf.encode(text)) EXPECT_FALSE(vuaf.is_special(id)) << text << vuaf.token(id);
    Ids between;
    vuaf.encode_between(text, between);
    for (const TokenId id : between) EXPECT_FALSE(vuaf.is_special(id)) << text << vuaf.token(id);
    EXPECT_EQ(vuaf.decode(vuaf.encode(text)), text);
    EXPECT_EQ(vuaf.decode(between), text);
  }
  EXPECT_THAT(vuaf.encode("<|turn|>", Special::parse), testing::Contains(vuaf.id_of("<|turn|>")));
}

// Between two symbols the reference normalises a text without the marks of a text's ends.
TEST(VuafTokenizer, EncodesBetweenTokensAsTheReferenceDoesInsideAPrompt) {
  const Tokenizer& vuaf = golden::vuaf_tokenizer();
  const TokenId turn = *vuaf.id_of("<|turn|>");
  for (const std::string text :
       {" a1 ", "", " ", "a  b", "Once upon a time", "\n", "x\uFDD0\uFDD1y", "\uFDD0\uFDD1"}) {
    Ids inside = vuaf.encode("<|turn|>" + text + "<|turn|>", Special::parse);
    inside.erase(inside.begin(), std::find(inside.begin(), inside.end(), turn) + 1);  // the dummy prefix too
    inside.pop_back();
    Ids between;
    vuaf.encode_between(text, between);
    EXPECT_EQ(between, inside) << text;
  }
}

std::string user_defined(const std::string& text) {
  const std::string piece = "\n" + std::string(1, static_cast<char>(text.size())) + text + "\x18\x04";
  return "\n" + std::string(1, static_cast<char>(piece.size())) + piece;
}

TEST(SentencePieceFiles, UserDefinedRunsOfSpacesAreTextAndNamesInBracketsAreNot) {
  const Tokenizer t = Tokenizer::parse(
      golden::text("spm_bpe.model") +
          user_defined("\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581") +
          user_defined("[INST]"),
      "m.model");
  const TokenId spaces = *t.id_of("\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581"),
                control = *t.id_of("[INST]");
  EXPECT_FALSE(t.is_special(spaces));
  EXPECT_TRUE(t.is_special(control));
  EXPECT_TRUE(t.is_special(*t.id_of("<bos>")));
  EXPECT_TRUE(t.is_special(*t.id_of("<unk>")));
  EXPECT_FALSE(t.is_special(*t.id_of("<0x0A>")));
  const Ids ids = t.encode("a           b [INST]");
  EXPECT_THAT(ids, testing::Contains(spaces));
  EXPECT_THAT(ids, testing::Not(testing::Contains(control)));
  EXPECT_EQ(t.decode(ids, true), "a           b [INST]");
  EXPECT_THAT(t.encode("a           b [INST]", Special::parse), testing::Contains(control));
}

std::string refusal(const std::string& file) {
  try {
    Tokenizer::parse(file, "m.model");
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

// The charsmap begins with the size of a trie whose units the library follows unchecked.
TEST(SentencePieceFiles, HostileTablesOfNormalisationAreRefused) {
  const std::string file = golden::text("spm_bpe_nmt.model");
  const size_t name = file.find("nmt_nfkc");
  ASSERT_NE(name, std::string::npos);
  const size_t units = name + 8 + 1 + 3 + 4;  // after tag and length of the field, and the size of the trie
  Random random(5, "charsmap");
  int refused = 0, accepted = 0;
  for (int i = 0; i < 60; ++i) {
    std::string damaged = file;
    for (int n = 0; n < 4; ++n) damaged[units + random.below(100000)] = static_cast<char>(random.below(256));
    try {
      const Tokenizer tokenizer = Tokenizer::parse(damaged, "m.model");
      tokenizer.encode("\uFB01ne \uFF21\uFF22 \u2460 caf\u0065\u0301 \uFDFA \u1E9B\u0323 \U0001F600");
      ++accepted;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("m.model"));
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(accepted, 0);
  std::string sized = file;
  sized[units - 1] = '\x7f';
  EXPECT_THAT(refusal(sized), HasSubstr("wrong size"));
}

TEST(SentencePieceFiles, WhatIsNoModelIsRefused) {
  const std::string file = golden::text("spm_bpe.model");
  EXPECT_THAT(refusal(""), HasSubstr("no pieces"));
  EXPECT_THAT(refusal("\n"), HasSubstr("middle of a field"));
  EXPECT_THAT(refusal("hello"), HasSubstr("no SentencePiece model"));
  EXPECT_THAT(refusal(file.substr(0, 1000)), HasSubstr("middle of a field"));
  const std::string piece =
      "\n\x05\n\x03"
      "abc";
  EXPECT_THAT(refusal(file + piece + piece), HasSubstr("two ids"));
  EXPECT_THAT(refusal(piece), HasSubstr("SentencePiece refuses"));  // no unknown token
  EXPECT_THAT(refusal("\n\x09\n\x07"
                      "abc\xff"
                      "abc"),
              HasSubstr("not valid UTF-8"));
  EXPECT_THAT(refusal("\n\x0a\n\x03"
                      "abc\x15\x00\x00\xc0\x7f" +
                      piece),
              HasSubstr("middle of a field"));
  const std::string nan(
      "\n\x0a\n\x03"
      "abc\x15\x00\x00\xc0\x7f",
      12);
  EXPECT_THAT(refusal(nan), HasSubstr("not finite"));
  EXPECT_THAT(refusal("\x12\x02\x18\x03" + file), HasSubstr("model type 3"));
}

}  // namespace
}  // namespace bantam
