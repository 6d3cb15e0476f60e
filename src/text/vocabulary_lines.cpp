#include "text/vocabulary_lines.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "base/error.h"
#include "text/unicode.h"
#include "text/vocabulary.h"

namespace bantam {
namespace {

constexpr size_t kMostTokenBytes = 1024;

std::string_view line_break_off(std::string_view line) {
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

std::string_view first_line(std::string_view text) { return line_break_off(text.substr(0, text.find('\n'))); }

// A whole number and nothing else.
std::optional<size_t> number_of(std::string_view text) {
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// RFC 4648, section 4, with its padding.
std::optional<std::string> bytes_of_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFF);
  }
  return bytes;
}

// The escapes that Python's repr() writes; a code point in a string, a byte in a bytes literal.
class PythonLiteral {
 public:
  explicit PythonLiteral(std::string_view text) : text_(text) {}

  std::optional<std::string> bytes() {
    const bool plain_bytes = text_.starts_with('b');
    if (plain_bytes) text_.remove_prefix(1);
    if (text_.size() < 2 || (text_[0] != '\'' && text_[0] != '"') || text_.back() != text_[0])
      return std::nullopt;
    const char quote = text_[0];
    text_ = text_.substr(1, text_.size() - 2);
    std::string out;
    while (!text_.empty()) {
      const char c = text_[0];
      text_.remove_prefix(1);
      if (c == quote) return std::nullopt;
      if (c != '\\') {
        out += c;
        continue;
      }
      const std::optional<char32_t> code = escape();
      if (!code || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) return std::nullopt;
      if (plain_bytes)
        out += static_cast<char>(*code);
      else
        append_utf8(out, *code);
    }
    return out;
  }

 private:
  std::optional<char32_t> escape() {
    if (text_.empty()) return std::nullopt;
    const char c = text_[0];
    text_.remove_prefix(1);
    switch (c) {
      case '\\':
      case '\'':
      case '"':
        return c;
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'x':
        return hexadecimal(2);
      case 'u':
        return hexadecimal(4);
      case 'U':
        return hexadecimal(8);
      default:
        return std::nullopt;
    }
  }
  std::optional<char32_t> hexadecimal(size_t digits) {
    uint32_t value = 0;
    if (text_.size() < digits) return std::nullopt;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + digits, value, 16);
    if (error != std::errc() || end != text_.data() + digits) return std::nullopt;
    text_.remove_prefix(digits);
    return value;
  }

  std::string_view text_;
};

// "id literal bytes"; nothing where the line is not of this form.
struct WorldLine {
  size_t id, size;
  std::string_view literal;
};
std::optional<WorldLine> world_line(std::string_view line) {
  const size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first) return std::nullopt;
  const auto id = number_of(line.substr(0, first)), size = number_of(line.substr(last + 1));
  if (!id || !size) return std::nullopt;
  return WorldLine{*id, *size, line.substr(first + 1, last - first - 1)};
}

// Puts tokens in their places.
class NumberedTokens {
 public:
  explicit NumberedTokens(std::string_view where) : where_(where) {}

  void put(size_t id, std::string token, size_t line) {
    require(id < kVocabularyLimit, ErrorCode::corrupt, "{}:{}: the id is {}; want 0 to {}", where_, line, id,
            kVocabularyLimit - 1);
    require(!token.empty() && token.size() <= kMostTokenBytes, ErrorCode::corrupt,
            "{}:{}: a token of {} bytes; want 1 to {}", where_, line, token.size(), kMostTokenBytes);
    if (id >= tokens_.size()) tokens_.resize(id + 1);
    require(tokens_[id].empty(), ErrorCode::corrupt, "{}:{}: id {} has a token already", where_, line, id);
    const auto [other, fresh] = lines_.try_emplace(token, line);
    require(fresh, ErrorCode::corrupt, "{}:{}: the same token as in line {}", where_, line, other->second);
    tokens_[id] = std::move(token);
  }
  std::vector<std::string> take() {
    require(!tokens_.empty(), ErrorCode::corrupt, "{}: holds no tokens", where_);
    return std::move(tokens_);
  }

 private:
  std::string_view where_;
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, size_t> lines_;
};

}  // namespace

void for_each_line_of(std::string_view text, FunctionRef<void(std::string_view, size_t)> body) {
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    body(line_break_off(text.substr(0, end)), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool looks_like_ranks(std::string_view text) {
  const std::string_view line = first_line(text);
  const size_t space = line.find(' ');
  return space != std::string_view::npos && number_of(line.substr(space + 1)) &&
         bytes_of_base64(line.substr(0, space));
}

bool looks_like_rwkv_world(std::string_view text) {
  const auto line = world_line(first_line(text));
  return line && PythonLiteral(line->literal).bytes();
}

std::vector<std::string> tokens_of_ranks(std::string_view text, std::string_view where) {
  NumberedTokens tokens(where);
  for_each_line_of(text, [&](std::string_view line, size_t number) {
    if (line.empty()) return;
    const size_t space = std::min(line.find(' '), line.size());
    const auto bytes = bytes_of_base64(line.substr(0, space));
    const auto rank = number_of(line.substr(std::min(space + 1, line.size())));
    require(bytes && rank, ErrorCode::corrupt, "{}:{}: is \"{}\"; want base64, a space and a rank", where,
            number, line.substr(0, 80));
    tokens.put(*rank, *bytes, number);
  });
  return tokens.take();
}

std::vector<std::string> tokens_of_rwkv_world(std::string_view text, std::string_view where) {
  NumberedTokens tokens(where);
  for_each_line_of(text, [&](std::string_view line, size_t number) {
    if (line.empty()) return;
    const auto parts = world_line(line);
    const auto bytes = parts ? PythonLiteral(parts->literal).bytes() : std::nullopt;
    require(bytes.has_value(), ErrorCode::corrupt,
            "{}:{}: is \"{}\"; want an id, a Python string or bytes literal and its length", where, number,
            line.substr(0, 80));
    require(bytes->size() == parts->size, ErrorCode::corrupt,
            "{}:{}: the token has {} bytes, the line says {}", where, number, bytes->size(), parts->size);
    tokens.put(parts->id, *bytes, number);
  });
  return tokens.take();
}

}  // namespace bantam
