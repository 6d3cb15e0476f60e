#include "text/llama2c_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "text/tokenizer.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file() {
  return read_file(std::filesystem::path(BANTAM_SOURCE_DIR) / "tests/golden/tok/tok512.bin");
}

// What llama2.c's own encode() makes of them, without its token 1 in front.
TEST(Llama2cTokenizer, EncodesAsLlama2cDoesAndBack) {
  const Tokenizer tokenizer =
      Tokenizer::parse(llama2c_tokenizer_model(file(), 512, "tok512.bin"), "tokenizer.model");
  EXPECT_EQ(tokenizer.vocab_size(), 512u);
  const std::pair<const char*, std::vector<TokenId>> cases[] = {
      {"Once upon a time", {403, 407, 261, 378}},
      {"Lily's mom said, \"Lily, let's go!\"",
       {317, 439, 419, 357, 336, 432, 313, 438, 310, 432, 278, 316, 439, 419, 298, 414, 443, 436}},
      {"Caf\u00e9 12 \U0001F600", {410, 457, 412, 431, 485, 410, 475, 479, 410, 243, 162, 155, 131}}};
  for (const auto& [text, ids] : cases) {
    EXPECT_EQ(tokenizer.encode(text), ids) << text;
    EXPECT_EQ(tokenizer.decode(ids), text);
  }
  EXPECT_THAT(tokenizer.with_template(std::vector<TokenId>{403}), ElementsAre(1, 403));
}

TEST(Llama2cTokenizer, OtherSizesAndBrokenFilesAreRefused) {
  const auto refusal = [](const std::string& bytes, size_t vocab) {
    try {
      llama2c_tokenizer_model(bytes, vocab, "f");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::string whole = file();
  EXPECT_THAT(refusal(whole, 400), HasSubstr("more tokens than the 400"));
  EXPECT_THAT(refusal(whole, 600), HasSubstr("ends within"));
  EXPECT_THAT(refusal(whole, 100), HasSubstr("at least 259"));
  for (size_t length = 0; length < whole.size(); length += 13)
    EXPECT_NE(refusal(whole.substr(0, length), 512), "");
  for (size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
    refusal(damaged, 512);
  }
}

}  // namespace
}  // namespace bantam
