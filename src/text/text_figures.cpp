#include "text/text_figures.h"

#include <algorithm>
#include <array>

#include "text/unicode.h"

namespace bantam {
namespace {

uint64_t words_in(std::string_view text) {
  const uint8_t* classes = char_classes();
  uint64_t words = 0;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = utf8_char(text.data() + at);
    const bool space = (classes[c.code] & kSpace) != 0;
    words += !space && !inside;
    inside = !space;
    at += c.bytes;
  }
  return words;
}

uint64_t characters_in(std::string_view text) {
  return static_cast<uint64_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

// Characters that a token's bytes hold from their first byte to their last.
uint64_t whole_characters(std::string_view token) {
  while (!token.empty() && (static_cast<uint8_t>(token[0]) & 0xC0) == 0x80) token.remove_prefix(1);
  return characters_in(token.substr(0, valid_utf8_prefix(token)));
}

enum Sort { special, unused, byte, part, white, spaced_word, word, number, punctuation, mixed, kSorts };
constexpr std::string_view kSortNames[kSorts] = {"special",         "unused",
                                                 "single bytes",    "parts of characters",
                                                 "white space",     "words after a space",
                                                 "words and parts", "numbers",
                                                 "punctuation",     "mixed"};

Sort sort_of(std::string_view token) {
  if (token.empty()) return unused;
  if (valid_utf8_prefix(token) != token.size()) return token.size() == 1 ? byte : part;
  const uint8_t* classes = char_classes();
  const size_t spaces = std::min(token.find_first_not_of(' '), token.size());
  uint8_t all = kSpace | kLetter | kNumber, any = 0;
  for (size_t at = spaces; at < token.size();) {
    const Utf8Char c = utf8_char(token.data() + at);
    const auto is = classes[c.code] & kMark ? uint8_t{kLetter} : classes[c.code];
    all &= is;
    any |= is;
    at += c.bytes;
  }
  if (spaces == token.size() || (all & kSpace)) return white;
  if (all & kLetter) return spaces > 0 ? spaced_word : word;
  if (all & kNumber) return number;
  return (any & (kSpace | kLetter | kNumber)) == 0 ? punctuation : mixed;
}

}  // namespace

TextFigures::TextFigures(Tokenizer tokenizer)
    : tokenizer_(std::move(tokenizer)), is_used_(tokenizer_.vocab_size()) {}

void TextFigures::add(std::string_view bytes) {
  repair_.push(bytes, text_);
  if (text_.size() < kPartBytes) return;
  const size_t line = text_.rfind('\n');
  if (line == std::string::npos) return;
  count(std::string_view(text_).substr(0, line + 1));
  text_.erase(0, line + 1);
}

void TextFigures::end_text() {
  repair_.finish(text_);
  count(text_);
  text_.clear();
}

void TextFigures::count(std::string_view text) {
  if (text.empty()) return;
  const std::vector<TokenId> ids = tokenizer_.encode(text);
  bytes_ += text.size();
  tokens_ += ids.size();
  words_ += words_in(text);
  characters_ += characters_in(text);
  reversible_ = reversible_ && tokenizer_.decode(ids) == text;
  for (const TokenId id : ids) {
    whole_characters_ += whole_characters(tokenizer_.token_bytes(id));
    if (is_used_[static_cast<size_t>(id)]) continue;
    is_used_[static_cast<size_t>(id)] = true;
    ++used_count_;
  }
}

std::vector<std::pair<std::string_view, size_t>> sorts_of_tokens(const Tokenizer& tokenizer) {
  std::array<size_t, kSorts> counts{};
  for (TokenId id = 0; static_cast<size_t>(id) < tokenizer.vocab_size(); ++id) {
    ++counts[tokenizer.is_special(id) ? special : sort_of(tokenizer.token_bytes(id))];
  }
  std::vector<std::pair<std::string_view, size_t>> list;
  for (int sort = 0; sort < kSorts; ++sort) list.emplace_back(kSortNames[sort], counts[sort]);
  return list;
}

std::vector<TokenId> longest_tokens(const Tokenizer& tokenizer, size_t count) {
  std::vector<TokenId> ids;
  for (TokenId id = 0; static_cast<size_t>(id) < tokenizer.vocab_size(); ++id)
    if (!tokenizer.is_special(id)) ids.push_back(id);
  count = std::min(count, ids.size());
  std::partial_sort(
      ids.begin(), ids.begin() + static_cast<ptrdiff_t>(count), ids.end(), [&](TokenId a, TokenId b) {
        const size_t size_a = tokenizer.token_bytes(a).size(), size_b = tokenizer.token_bytes(b).size();
        return size_a != size_b ? size_a > size_b : a < b;
      });
  ids.resize(count);
  return ids;
}

std::vector<uint8_t> bytes_without_token(const Tokenizer& tokenizer) {
  std::array<bool, 256> has{};
  for (TokenId id = 0; static_cast<size_t>(id) < tokenizer.vocab_size(); ++id)
    if (const std::string_view bytes = tokenizer.token_bytes(id);
        bytes.size() == 1 && !tokenizer.is_special(id))
      has[static_cast<uint8_t>(bytes[0])] = true;
  std::vector<uint8_t> missing;
  for (int value = 0; value < 256; ++value)
    if (!has[value] && occurs_in_utf8(value)) missing.push_back(static_cast<uint8_t>(value));
  return missing;
}

}  // namespace bantam
