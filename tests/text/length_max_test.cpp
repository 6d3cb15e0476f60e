#include "text/length_max.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "base/threads.h"
#include "golden.h"
#include "temporary_folder.h"
#include "text/length_max_trainer.h"
#include "text/tokenizer.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Ids = std::vector<TokenId>;

// Ids as Escarda's: four special tokens, the bytes, pieces, then what conversations need.
LengthMaxDefinition small() {
  LengthMaxDefinition definition;
  definition.tokens = {"<pad>", "<unk>", "<bos>", "<eos>"};
  for (int byte = 0; byte < 256; ++byte) definition.tokens.emplace_back(1, static_cast<char>(byte));
  for (const char* piece : {"he", "hello", "lo wor", " world", "ld", "\xC3\xA9t", "\xC3"}) {
    if (std::string(piece) != "\xC3") definition.tokens.emplace_back(piece);
  }
  for (const char* special : {"<|im_start|>", "<|im_end|>", "<|im_end|>>"})
    definition.tokens.emplace_back(special);
  definition.special = {0, 1, 2, 3, 266, 267, 268};
  return definition;
}

Tokenizer tokenizer() { return Tokenizer(LengthMax::make(small())); }

TEST(LengthMax, TakesTheLongestTokenAtEachPlaceAndNeverGoesBack) {
  const Tokenizer t = tokenizer();
  EXPECT_EQ(t.model().kind(), "length-max");
  EXPECT_THAT(t.encode("hello world"), ElementsAre(261, 263));
  EXPECT_THAT(t.encode("hell"), ElementsAre(260, 4 + 'l', 4 + 'l'));
  // "lo wor" is longer than "l", so " world" never comes to its turn.
  EXPECT_THAT(t.encode("lo world"), ElementsAre(262, 264));
  EXPECT_THAT(t.encode("\u00E9t\u00E9"), ElementsAre(265, 4 + 0xC3, 4 + 0xA9));
  EXPECT_TRUE(t.encode("").empty());
}

TEST(LengthMax, SpecialTokensCutTheTextFirstWhereAsked) {
  const Tokenizer t = tokenizer();
  EXPECT_THAT(t.encode("he<|im_end|>>he<bos>", Special::parse), ElementsAre(260, 268, 260, 2));
  EXPECT_THAT(t.encode("hel<|im_start|>lo", Special::parse),
              ElementsAre(260, 4 + 'l', 266, 4 + 'l', 4 + 'o'));
  for (const TokenId id : t.encode("he<|im_end|>>he<bos>")) EXPECT_FALSE(t.is_special(id));
  EXPECT_EQ(t.decode(t.encode("he<|im_end|>>he<bos>")), "he<|im_end|>>he<bos>");
  EXPECT_EQ(t.decode(Ids{2, 261, 267}, true), "hello");
  EXPECT_EQ(t.decode(Ids{2, 261, 267}), "<bos>hello<|im_end|>");
}

TEST(LengthMax, ReadsWhatItWrites) {
  const TemporaryFolder folder;
  const Tokenizer t = tokenizer();
  t.save(folder.path());
  const Tokenizer again = Tokenizer::load(folder.path());
  EXPECT_EQ(again.model().kind(), "length-max");
  EXPECT_EQ(again.sha256(), t.sha256());
  const std::string text = "hello world \u00E9t\u00E9 <|im_end|>";
  EXPECT_EQ(again.encode(text, Special::parse), t.encode(text, Special::parse));
  const Json file = parse_json(t.file_bytes(), "file");
  EXPECT_EQ(file["vocab"]["\u00C3\u00A9t"], 265);  // bytes as the characters of the same numbers
  EXPECT_EQ(file["max_token_len"], 24);
  EXPECT_EQ(file["special_tokens"].size(), 7u);
}

TEST(LengthMax, IdsWithoutATokenAreKeptAndNeverSaid) {
  Json file = parse_json(tokenizer().file_bytes(), "file");
  file["vocab_size"] = 300;
  const Tokenizer t = Tokenizer::parse(file.dump(), "file");
  EXPECT_EQ(t.vocab_size(), 300u);
  EXPECT_TRUE(t.is_special(299));
  EXPECT_EQ(t.decode(Ids{299, 261}), "hello");
}

TEST(LengthMax, BrokenFilesAreRefused) {
  const Json good = parse_json(tokenizer().file_bytes(), "file");
  const auto refusal = [](const Json& file) -> std::string {
    try {
      Tokenizer::parse(file.dump(), "tokenizer.json");
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  const auto with = [&](const char* key, Json value) {
    Json file = good;
    file[key] = std::move(value);
    return refusal(file);
  };
  EXPECT_EQ(refusal(good), "accepted");
  EXPECT_THAT(with("max_token_len", 0), HasSubstr("max_token_len is 0"));
  EXPECT_THAT(with("vocab_size", -1), HasSubstr("vocab_size is -1"));
  EXPECT_THAT(with("vocab", Json::array()), HasSubstr("want an object"));
  EXPECT_THAT(with("special_tokens", {"<none>"}), HasSubstr("no id"));
  EXPECT_THAT(with("special_tokens", {"<bos>", "<bos>"}), HasSubstr("twice"));
  const auto with_token = [&](const char* token, Json id) {
    Json file = good;
    file["vocab"][token] = std::move(id);
    return refusal(file);
  };
  EXPECT_THAT(with_token("new", 261), HasSubstr("id 261"));
  EXPECT_THAT(with_token("new", 1e9), HasSubstr("has id"));
  EXPECT_THAT(with_token("new", 4000000000u), HasSubstr("has id"));
  EXPECT_THAT(with_token("\u0100", 400), HasSubstr("beyond U+00FF"));
  Json lacking = good;
  lacking["vocab"].erase("a");
  EXPECT_THAT(refusal(lacking), HasSubstr("byte 0x61 has no token"));
}

// A plain loop over lengths, as the reference does it.
Ids plain_encode(const Tokenizer& t, const std::string& text) {
  std::map<std::string, TokenId> keys;
  for (TokenId id = 0; static_cast<size_t>(id) < t.vocab_size(); ++id)
    if (!t.is_special(id)) keys[std::string(t.token_bytes(id))] = id;
  Ids ids;
  for (size_t at = 0; at < text.size();)
    for (size_t bytes = std::min<size_t>(24, text.size() - at); bytes > 0; --bytes) {
      const auto found = keys.find(text.substr(at, bytes));
      if (found == keys.end()) continue;
      ids.push_back(found->second);
      at += bytes;
      break;
    }
  return ids;
}

const std::string& corpus() {
  static const std::string text = golden::text("corpus.txt").substr(0, 120'000);
  return text;
}

Tokenizer train(size_t vocab_size, bool phrases, std::string_view text, size_t piece = 1 << 20) {
  LengthMaxTrainerOptions options;
  options.vocab_size = vocab_size;
  options.phrases = phrases;
  LengthMaxTrainer trainer(options);
  for (size_t at = 0; at < text.size(); at += piece) trainer.add(text.substr(at, piece));
  return trainer.train();
}

TEST(LengthMaxTrainer, LearnsPiecesThatShortenTextAndDecodeToIt) {
  for (const bool phrases : {false, true}) {
    const Tokenizer t = train(1000, phrases, corpus());
    EXPECT_EQ(t.vocab_size(), 1000u);
    EXPECT_EQ(t.id_of("<bos>"), 2);
    EXPECT_EQ(t.token_bytes(4 + 'a'), "a");
    EXPECT_EQ(t.special_id_of("<|im_start|>"), 1000 - 13);
    const Ids ids = t.encode(corpus());
    EXPECT_LT(ids.size() * (phrases ? 5 : 4), corpus().size() * 2);
    EXPECT_EQ(t.decode(ids), corpus());
    const std::string part = corpus().substr(0, 5000);
    EXPECT_EQ(t.encode(part), plain_encode(t, part));
    bool spans_words = false;
    for (TokenId id = 260; id < 1000 - 13; ++id) {
      const std::string_view bytes = t.token_bytes(id);
      EXPECT_LE(bytes.size(), 24u);
      const size_t letter = bytes.find_first_not_of(" \t\r\n");
      spans_words |= letter != std::string::npos && bytes.find(' ', letter) != std::string::npos;
    }
    EXPECT_EQ(spans_words, phrases);
  }
}

TEST(LengthMaxTrainer, ResultsDoNotDependOnThreadsOrOnHowTextCame) {
  const std::string expected = train(600, false, corpus()).file_bytes();
  EXPECT_EQ(train(600, false, corpus(), 777).file_bytes(), expected);
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    EXPECT_EQ(train(600, false, corpus()).file_bytes(), expected);
  }
  set_thread_count(available_processors());
}

TEST(LengthMaxTrainer, ThinsOutTextBeyondItsMemory) {
  LengthMaxTrainerOptions options;
  options.vocab_size = 300;
  options.memory_bytes = 300 << 10;
  LengthMaxTrainer trainer(options);
  for (int i = 0; i < 20; ++i) trainer.add(corpus());
  EXPECT_EQ(trainer.sample().bytes(), 20 * corpus().size());
  EXPECT_LE(trainer.sample().kept_bytes(), options.memory_bytes + TextSample::kBlockBytes);
  EXPECT_GT(trainer.sample().kept_bytes(), options.memory_bytes / 4);
  EXPECT_EQ(trainer.train().vocab_size(), 300u);
}

TEST(LengthMaxTrainer, WantsRoomForBytesAndSpecialTokens) {
  EXPECT_THROW(train(272, false, "a"), Error);
  EXPECT_EQ(train(273, false, "abc").vocab_size(), 273u);
  EXPECT_EQ(train(400, false, "").vocab_size(), 273u);
}

}  // namespace
}  // namespace bantam
