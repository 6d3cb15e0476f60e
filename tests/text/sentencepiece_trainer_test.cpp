#include "text/sentencepiece_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/threads.h"
#include "golden.h"
#include "temporary_folder.h"
#include "text/sentencepiece.h"
#include "text/vuaf_symbols.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string& corpus() {
  static const std::string text = golden::text("corpus.txt").substr(0, 60'000);
  return text;
}

Tokenizer train(SentencePieceTrainerOptions options, std::string_view text = corpus()) {
  if (options.vocab_size == 0) options.vocab_size = 600;
  SentencePieceTrainer trainer(std::move(options));
  trainer.add(text);
  return trainer.train();
}

TEST(SentencePieceTrainer, SymbolsStandAsVuafHasThem) {
  SentencePieceTrainerOptions options;
  options.categories = {"stories", "code"};
  options.special = {"<|extra|>"};
  const Tokenizer t = train(options);
  EXPECT_EQ(t.vocab_size(), 600u);
  const char* expected[] = {"<unk>",        "<pad>",
                            "<bos>",        "<eos>",
                            "<|user|>",     "<|assistant|>",
                            "<|system|>",   "<|turn|>",
                            "<|doc|>",      "<|meta|>",
                            "<|/meta|>",    "<|cat:stories|>",
                            "<|cat:code|>", "<|cat:_reserved_2|>"};
  for (size_t id = 0; id < std::size(expected); ++id)
    EXPECT_EQ(t.token(static_cast<TokenId>(id)), expected[id]);
  EXPECT_EQ(t.token(42), "<|cat:_reserved_31|>");
  EXPECT_EQ(t.token(43), "<|extra|>");
  EXPECT_EQ(t.token(44), "<0x00>");
  for (TokenId id = 0; id < 44; ++id) EXPECT_TRUE(t.is_special(id));
  ASSERT_TRUE(VuafSymbols::known_to(t.model().vocabulary()));
  EXPECT_THAT(VuafSymbols(t.model().vocabulary()).categories(), ElementsAre("stories", "code"));
  // All but <unk> and <pad> are found in a text where that is asked for.
  for (TokenId id = 2; id < 44; ++id)
    EXPECT_THAT(t.encode("a" + t.token(id) + "b", Special::parse), testing::Contains(id));
}

TEST(SentencePieceTrainer, EveryTextComesBackAsItWas) {
  const Tokenizer t = train({});
  for (const std::string text : {"", " ", "  two  spaces  ", "\n\n\tcode(  x );\r\n",
                                 "\u65E5\u672C\u8A9E \U0001F414", "<|turn|>", " lead", "trail "}) {
    EXPECT_EQ(t.decode(t.encode(text)), text);
    EXPECT_EQ(t.decode(t.encode(text, Special::parse)), text);
  }
  EXPECT_EQ(t.decode(t.encode(corpus())), corpus());
  EXPECT_LT(t.encode(corpus()).size() * 2, corpus().size());
  EXPECT_TRUE(t.id_of("\n"));  // line breaks were learned from
}

// Long texts are given to the library in parts.
TEST(SentencePieceTrainer, LongTextsAreEncodedAsWhole) {
  const Tokenizer t = train({});
  std::string text = corpus().substr(0, 20'000);
  for (const size_t at : {2047, 2048, 2049, 2050, 5000}) text.insert(at, "  \u2581 \u2581<|turn|>");
  text += std::string(5000, 'x') + std::string(5000, ' ') + "end";
  std::vector<TokenId> whole, parsed;
  SentencePieceEncoder(t.file_bytes(), "whole").encode(text, parsed);
  EXPECT_EQ(t.encode(text, Special::parse), parsed);
  SentencePieceChanges changes{std::vector<bool>(t.vocab_size()), {}};
  for (TokenId id = 2; id < 43; ++id) changes.hidden[id] = true;
  const SentencePieceFile file = read_sentencepiece_file(t.file_bytes(), "whole");
  SentencePieceEncoder(changed_sentencepiece_file(t.file_bytes(), file, changes), "whole")
      .encode(text, whole);
  EXPECT_EQ(t.encode(text), whole);
}

TEST(SentencePieceTrainer, ResultsDoNotDependOnThreads) {
  set_thread_count(1);
  const std::string one = train({}).file_bytes();
  set_thread_count(3);
  EXPECT_EQ(train({}).file_bytes(), one);
  set_thread_count(available_processors());
}

TEST(SentencePieceTrainer, WritesVuafsFiles) {
  const TemporaryFolder folder;
  const Tokenizer t = train({});
  t.save(folder.path());
  const Json ids = read_json(folder / "tokenizer.json");
  EXPECT_EQ(ids["vocab_size"], 600);
  EXPECT_EQ(ids["category_first_id"], 11);
  EXPECT_EQ(ids["category_count"], 5);
  EXPECT_EQ(read_json(folder / "categories.json")["names"][3], "stories");
  EXPECT_EQ(Tokenizer::load(folder.path()).sha256(), t.sha256());
}

TEST(SentencePieceTrainer, WhatCannotBeMetIsRefused) {
  const auto refusal = [](SentencePieceTrainerOptions options,
                          std::string_view text = corpus()) -> std::string {
    try {
      train(std::move(options), text);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  SentencePieceTrainerOptions small, twice, odd, many;
  small.vocab_size = 299;
  EXPECT_THAT(refusal(small), HasSubstr("want 300"));
  small.vocab_size = 310;
  EXPECT_THAT(refusal(small),
              HasSubstr("want at least 363: 299 symbols and bytes"));  // fewer than the characters
  twice.categories = {"a", "a"};
  EXPECT_THAT(refusal(twice), HasSubstr("twice"));
  odd.categories = {"a,b"};
  EXPECT_THAT(refusal(odd), HasSubstr("letters"));
  many.categories.assign(33, "x");
  EXPECT_THAT(refusal(many), HasSubstr("at most 32"));
  odd.categories = {};
  odd.special = {"<bos>"};
  EXPECT_THAT(refusal(odd), HasSubstr("there already"));
  EXPECT_THAT(refusal({}, ""), HasSubstr("SentencePiece cannot train"));
}

}  // namespace
}  // namespace bantam
