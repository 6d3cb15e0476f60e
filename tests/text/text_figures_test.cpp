#include "text/text_figures.h"

#include <gtest/gtest.h>

#include <map>

#include "golden.h"
#include "text/foreign_vocabulary.h"

namespace bantam {
namespace {

TEST(TextFigures, CountWhatTheTokenizerMakesOfTexts) {
  const Tokenizer tokenizer = golden::tokenizer("gpt2_512");
  TextFigures figures(tokenizer);
  const std::string text = "the caf\u00e9 \u65e5 the\n";
  figures.add(text.substr(0, 8));  // inside a character
  figures.add(text.substr(8));
  figures.end_text();
  figures.add("the");
  figures.end_text();
  figures.end_text();
  const size_t tokens = tokenizer.encode(text).size() + tokenizer.encode("the").size();
  EXPECT_EQ(figures.bytes(), text.size() + 3);
  EXPECT_EQ(figures.tokens(), tokens);
  EXPECT_EQ(figures.words(), 5u);
  EXPECT_EQ(figures.characters(), 18u);
  EXPECT_DOUBLE_EQ(figures.fertility(), static_cast<double>(tokens) / 5);
  EXPECT_DOUBLE_EQ(figures.bytes_per_token(),
                   static_cast<double>(text.size() + 3) / static_cast<double>(tokens));
  // U+65E5 is three bytes of three tokens here; whether U+00E9 is one token is the vocabulary's matter.
  const double whole = tokenizer.id_of("\u00c3\u00a9") ? 17 : 16;
  EXPECT_DOUBLE_EQ(figures.coverage(), whole / 18);
  EXPECT_TRUE(figures.reversible());
}

TEST(TextFigures, SeeANormaliserThatChangesText) {
  TextFigures figures(golden::tokenizer("qwen2_2048"));
  figures.add("cafe\u0301");
  figures.end_text();
  EXPECT_FALSE(figures.reversible());
}

TEST(TokenSorts, AddUpToTheVocabulary) {
  for (const std::string& name : golden::tokenizer_names()) {
    const Tokenizer tokenizer = golden::tokenizer(name);
    size_t sum = 0;
    std::map<std::string_view, size_t> sorts;
    for (const auto& [sort, count] : sorts_of_tokens(tokenizer)) sum += sorts[sort] = count;
    EXPECT_EQ(sum, tokenizer.vocab_size());
    EXPECT_EQ(sorts["special"], 6u);
    EXPECT_EQ(sorts["single bytes"], 128u);
    EXPECT_GT(sorts["words after a space"], 60u);
    EXPECT_TRUE(bytes_without_token(tokenizer).empty());
    const std::vector<TokenId> longest = longest_tokens(tokenizer, 5);
    ASSERT_EQ(longest.size(), 5u);
    for (size_t i = 1; i < 5; ++i)
      EXPECT_GE(tokenizer.token_bytes(longest[i - 1]).size(), tokenizer.token_bytes(longest[i]).size());
  }
}

}  // namespace
}  // namespace bantam
