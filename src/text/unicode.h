// Character classes of Unicode 16, UTF-8, and canonical composition (NFC).
// Law: what is here equals, on every code point, what the regex engines and normaliser of Hugging Face
// tokenizers and tiktoken do. Text that is not valid UTF-8 is repaired once at the edge (`repaired_utf8`);
// everything behind it takes valid UTF-8 for granted.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace bantam {

enum CharClass : uint8_t {
  kLetter = 1,     // \p{L}
  kNumber = 2,     // \p{N}
  kMark = 4,       // \p{M}
  kSpace = 8,      // \s
  kUpper = 16,     // \p{Lu} \p{Lt}
  kLower = 32,     // \p{Ll}; letters neither upper nor lower are \p{Lm} \p{Lo}
  kWord = 64,      // \w
  kNfcCheck = 128  // NFC may have to change a text where one of these stands
};

// The CharClass bits of each code point, 0x110000 of them.
const uint8_t* char_classes();

struct Utf8Char {
  char32_t code;
  unsigned bytes;
};

// The character at `p`. Requires: valid UTF-8 there.
inline Utf8Char utf8_char(const char* p) {
  const auto* b = reinterpret_cast<const uint8_t*>(p);
  if (b[0] < 0x80) return {b[0], 1};
  if (b[0] < 0xE0) return {char32_t((b[0] & 31u) << 6 | (b[1] & 63u)), 2};
  if (b[0] < 0xF0) return {char32_t((b[0] & 15u) << 12 | (b[1] & 63u) << 6 | (b[2] & 63u)), 3};
  return {char32_t((b[0] & 7u) << 18 | (b[1] & 63u) << 12 | (b[2] & 63u) << 6 | (b[3] & 63u)), 4};
}

// The start of the character that ends at `p`. Requires: valid UTF-8 before it.
inline const char* utf8_before(const char* p) {
  do --p;
  while ((static_cast<uint8_t>(*p) & 0xC0) == 0x80);
  return p;
}

void append_utf8(std::string& out, char32_t code);

// 0xC0, 0xC1 and 0xF5 to 0xFF stand in no text that is valid UTF-8.
inline bool occurs_in_utf8(int byte) { return byte != 0xC0 && byte != 0xC1 && byte < 0xF5; }

// Length of the longest prefix that is valid UTF-8.
size_t valid_utf8_prefix(std::string_view text);

// The text with each maximal invalid subpart replaced by U+FFFD, as the WHATWG encoding standard, Python's
// errors="replace" and Rust's from_utf8_lossy do. `replaced`, where given, counts them.
std::string repaired_utf8(std::string_view text, size_t* replaced = nullptr);

// The same for text that comes in pieces: whole characters and broken bytes go to `out` as they are settled,
// and up to three bytes that may begin a character wait.
class Utf8Repair {
 public:
  // Both return how many U+FFFD they put in.
  size_t push(std::string_view bytes, std::string& out);
  size_t finish(std::string& out);  // what waits was broken
  bool waits() const { return pending_size_ > 0; }

 private:
  char pending_[4];
  unsigned pending_size_ = 0;
};

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

// Canonical composition. O(n log n). Requires: valid UTF-8.
std::string nfc(std::string_view text);
// False only if nfc() may differ from the text.
bool surely_nfc(std::string_view text);

}  // namespace bantam
