// What a tokenizer makes of a text, and what its vocabulary is made of.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/text_sample.h"
#include "text/tokenizer.h"

namespace bantam {

// Counts over texts that are given to it. Texts of more than kPartBytes are encoded in parts, cut after a line break.
class TextFigures : public TextSink {
 public:
  static constexpr size_t kPartBytes = size_t{4} << 20;

  explicit TextFigures(Tokenizer tokenizer);
  void add(std::string_view bytes) override;
  void end_text() override;

  uint64_t bytes() const { return bytes_; }
  uint64_t tokens() const { return tokens_; }
  uint64_t words() const { return words_; }  // runs of characters that are not white space
  uint64_t characters() const { return characters_; }
  uint64_t used() const { return used_count_; }    // different tokens
  bool reversible() const { return reversible_; }  // whether decoding gave every text back
  double bytes_per_token() const { return ratio(bytes_, tokens_); }
  double fertility() const { return ratio(tokens_, words_); }  // tokens a word
  // The share of characters that stand whole in one token.
  double coverage() const { return ratio(whole_characters_, characters_); }

 private:
  static double ratio(uint64_t a, uint64_t b) {
    return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
  }
  void count(std::string_view text);

  Tokenizer tokenizer_;
  Utf8Repair repair_;
  std::string text_;
  std::vector<bool> is_used_;
  uint64_t bytes_ = 0, tokens_ = 0, words_ = 0, characters_ = 0, whole_characters_ = 0, used_count_ = 0;
  bool reversible_ = true;
};

// How many tokens there are of each sort, in a fixed order: special, unused, single bytes (beyond ASCII), parts of
// characters, white space, words with a space before them, words and parts of words, numbers, punctuation, mixed.
std::vector<std::pair<std::string_view, size_t>> sorts_of_tokens(const Tokenizer& tokenizer);

// The tokens with most bytes, special ones aside; of equally long ones those with the smaller ids.
std::vector<TokenId> longest_tokens(const Tokenizer& tokenizer, size_t count);

// The bytes that stand in valid UTF-8 and are no token by themselves.
std::vector<uint8_t> bytes_without_token(const Tokenizer& tokenizer);

}  // namespace bantam
