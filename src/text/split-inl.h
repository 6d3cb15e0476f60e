// The scanners themselves: each returns the end of the pre-token that begins at `p`. For loops that must not
// pay a call for each pre-token; everyone else uses split.h. Requires of all: p < end, valid UTF-8.
#pragma once
#include <cstdint>
#include <cstring>

#include "text/split.h"
#include "text/unicode.h"

namespace bantam::split {

struct Seen {
  uint8_t flags;  // CharClass
  uint8_t bytes;
};

class Scanner {
 public:
  Scanner() : classes_(char_classes()) {}

 protected:
  Seen see(const char* p) const {
    const auto byte = static_cast<uint8_t>(*p);
    if (byte < 0x80) [[likely]]
      return {classes_[byte], 1};
    const Utf8Char c = utf8_char(p);
    return {classes_[c.code], static_cast<uint8_t>(c.bytes)};
  }

  // Passes over ASCII letters, eight at a time: one branch for most words, where a loop over letters would
  // guess wrong at each word's end.
  static const char* skip_ascii_letters(const char* p, const char* end) {
    constexpr uint64_t kEach = 0x0101010101010101u, kHigh = 0x80 * kEach;
    while (end - p >= 8) {
      uint64_t bytes;
      std::memcpy(&bytes, p, sizeof bytes);
      // The high bit of each byte: at least 'a', and above 'z', with case folded and no carry between bytes.
      const uint64_t folded = (bytes | 0x20 * kEach) & ~kHigh;
      const uint64_t letters =
          (folded + (0x80 - 'a') * kEach) & ~(folded + (0x80 - 'z' - 1) * kEach) & ~bytes & kHigh;
      if (letters != kHigh) return p + __builtin_ctzll(letters ^ kHigh) / 8;
      p += 8;
    }
    return p;
  }

  // The end of the run of letters, and of what else `any` names.
  const char* run_of_letters(const char* p, const char* end, uint8_t any) const {
    return run(skip_ascii_letters(p, end), end, any);
  }

  // The end of the run of characters that have one of the `any` bits.
  const char* run(const char* p, const char* end, uint8_t any) const {
    while (p < end) {
      const Seen c = see(p);
      if ((c.flags & any) == 0) break;
      p += c.bytes;
    }
    return p;
  }
  // The end of the run of characters that have none of the `none` bits.
  const char* run_without(const char* p, const char* end, uint8_t none) const {
    while (p < end) {
      const Seen c = see(p);
      if ((c.flags & none) != 0) break;
      p += c.bytes;
    }
    return p;
  }

  // \s+(?!\S)|\s+ on the run [p, run_end): all of it at the end of the text, else all but its last character.
  static const char* space_end(const char* p, const char* run_end, const char* end) {
    if (run_end == end) return end;
    const char* last = utf8_before(run_end);
    return last == p ? run_end : last;
  }

  // \s*[\r\n]+|\s+(?!\S)|\s+ : up to the last line break of the run, where it has one.
  const char* line_or_space_end(const char* p, const char* end) const {
    const char* run_end = run(p, end, kSpace);
    for (const char* q = run_end; q > p; --q)
      if (q[-1] == '\n' || q[-1] == '\r') return q;
    return space_end(p, run_end, end);
  }

  // Length of an English contraction ('s 't 're 've 'm 'll 'd) at `p`, which holds an apostrophe; else 0.
  // `fold`: in any case; then U+017F, which folds to s, is one too.
  static unsigned contraction(const char* p, const char* end, bool fold) {
    const auto letter = [&](int i) -> char {
      if (end - p <= i) return 0;
      const char c = p[i];
      return fold && c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    switch (letter(1)) {
      case 's':
      case 't':
      case 'm':
      case 'd':
        return 2;
      case 'r':
      case 'v':
        return letter(2) == 'e' ? 3 : 0;
      case 'l':
        return letter(2) == 'l' ? 3 : 0;
      case '\xC5':
        return fold && letter(2) == '\xBF' ? 3 : 0;
      default:
        return 0;
    }
  }

  const uint8_t* classes_;
};

inline bool is_line_break(char c) { return c == '\n' || c == '\r'; }

// '(s|t|re|ve|m|ll|d) | ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
class Gpt2 : Scanner {
 public:
  const char* operator()(const char* p, const char* end) const {
    if (*p == '\'')
      if (const unsigned bytes = contraction(p, end, false)) return p + bytes;
    const char* q = p;
    Seen c = see(q);
    if (*p == ' ' && p + 1 < end) {
      const Seen next = see(p + 1);
      if ((next.flags & kSpace) == 0) {
        c = next;
        ++q;
      }
    }
    q += c.bytes;
    if (c.flags & kLetter) return run_of_letters(q, end, kLetter);
    if (c.flags & kNumber) return run(q, end, kNumber);
    if ((c.flags & kSpace) == 0) return run_without(q, end, kSpace | kLetter | kNumber);
    return space_end(p, run(q, end, kSpace), end);
  }
};

// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?W+|\p{N}{1,digits}| ?[^\s W
// \p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ where W, `word`, is \p{L} or [\p{L}\p{M}].
template <uint8_t word, int digits>
class Llama3 : Scanner {
 public:
  const char* operator()(const char* p, const char* end) const {
    if (*p == '\'')
      if (const unsigned bytes = contraction(p, end, true)) return p + bytes;
    const Seen c = see(p);
    const char* q = p + c.bytes;
    if (c.flags & word & kLetter) return run_of_letters(q, end, word);
    if (c.flags & kNumber) return number_end(q, end);
    const bool more = q < end;
    const Seen next = more ? see(q) : Seen{0, 0};
    if ((next.flags & word) && !is_line_break(*p)) return run_of_letters(q + next.bytes, end, word);
    if (c.flags & word) return q;  // a lone mark
    constexpr uint8_t kNotPunctuation = kSpace | kNumber | word;
    if (*p == ' ' && more && (next.flags & kNotPunctuation) == 0) return punctuation_end(q + next.bytes, end);
    if ((c.flags & kSpace) == 0) return punctuation_end(q, end);
    return line_or_space_end(p, end);
  }

 private:
  const char* number_end(const char* p, const char* end) const {
    for (int i = 1; i < digits && p < end; ++i) {
      const Seen c = see(p);
      if ((c.flags & kNumber) == 0) break;
      p += c.bytes;
    }
    return p;
  }
  const char* punctuation_end(const char* p, const char* end) const {
    p = run_without(p, end, kSpace | kNumber | word);
    while (p < end && is_line_break(*p)) ++p;
    return p;
  }
};

// With U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}], V = [\p{Ll}\p{Lm}\p{Lo}\p{M}] and C =
// (?i:'s|'t|'re|'ve|'m|'ll|'d)?
//   [^\r\n\p{L}\p{N}]?U*V+C|[^\r\n\p{L}\p{N}]?U+V*C|\p{N}{1,3}|
//   ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
class O200k : Scanner {
 public:
  const char* operator()(const char* p, const char* end) const {
    const Seen c = see(p);
    const bool leads = !is_line_break(*p) && (c.flags & (kLetter | kNumber)) == 0;
    const char* after = p + c.bytes;
    const char* word = leads ? cased_end(after, end) : nullptr;
    if (!word) word = cased_end(p, end);
    if (!word && leads) word = upper_end(after, end);
    if (!word) word = upper_end(p, end);
    if (word) {
      if (word < end && *word == '\'') word += contraction(word, end, true);
      return word;
    }
    if (c.flags & kNumber) {
      for (int i = 1; i < 3 && after < end && (see(after).flags & kNumber); ++i) after += see(after).bytes;
      return after;
    }
    if (*p == ' ' && after < end && is_punctuation(see(after))) return punctuation_end(after, end);
    if (is_punctuation(c)) return punctuation_end(p, end);
    return line_or_space_end(p, end);
  }

 private:
  static bool is_upper(Seen c) { return (c.flags & (kLetter | kMark)) && !(c.flags & kLower); }
  static bool is_lower(Seen c) { return (c.flags & (kLetter | kMark)) && !(c.flags & kUpper); }
  static bool is_punctuation(Seen c) { return (c.flags & (kSpace | kLetter | kNumber)) == 0; }

  // U*V+ with backtracking: where no V follows the run of U, the run gives back characters up to its last one
  // that is a V too. Null if there is none.
  const char* cased_end(const char* p, const char* end) const {
    const char* last_both_end = nullptr;
    while (p < end) {
      const Seen c = see(p);
      if (!is_upper(c)) break;
      p += c.bytes;
      if (is_lower(c)) last_both_end = p;
    }
    const char* lower = p;
    while (lower < end && is_lower(see(lower))) lower += see(lower).bytes;
    return lower > p ? lower : last_both_end;
  }
  // U+V*, tried where U*V+ fails, so that no V follows.
  const char* upper_end(const char* p, const char* end) const {
    const char* begin = p;
    while (p < end && is_upper(see(p))) p += see(p).bytes;
    return p > begin ? p : nullptr;
  }
  const char* punctuation_end(const char* p, const char* end) const {
    while (p < end && is_punctuation(see(p))) p += see(p).bytes;
    while (p < end && (is_line_break(*p) || *p == '/')) ++p;
    return p;
  }
};

// Calls visitor(scanner) with the scanner of `split`.
template <class Visitor>
decltype(auto) with_scanner(Split split, Visitor&& visitor) {
  switch (split) {
    case Split::llama3:
      return visitor(Llama3<kLetter, 3>());
    case Split::qwen2:
      return visitor(Llama3<kLetter, 1>());
    case Split::qwen35:
      return visitor(Llama3<kLetter | kMark, 1>());
    case Split::o200k:
      return visitor(O200k());
    case Split::gpt2:
      break;
  }
  return visitor(Gpt2());
}

}  // namespace bantam::split
