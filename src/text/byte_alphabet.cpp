#include "text/byte_alphabet.h"

#include <algorithm>
#include <numeric>

#include "text/unicode.h"

namespace bantam {
namespace {

constexpr char32_t kLetterEnd = 0x100 + 68;

std::array<char32_t, 256> make_letters() {
  std::array<char32_t, 256> letters;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool itself = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    letters[byte] = itself ? byte : next++;
  }
  return letters;
}

}  // namespace

const std::array<char32_t, 256>& byte_letters() {
  static const std::array<char32_t, 256> letters = make_letters();
  return letters;
}

const std::array<unsigned char, 256>& bytes_by_letter() {
  static const std::array<unsigned char, 256> order = [] {
    std::array<unsigned char, 256> bytes;
    std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
    std::sort(bytes.begin(), bytes.end(),
              [](unsigned char a, unsigned char b) { return byte_letters()[a] < byte_letters()[b]; });
    return bytes;
  }();
  return order;
}

std::string spell_bytes(std::string_view bytes) {
  std::string spelling;
  for (const char byte : bytes) append_utf8(spelling, byte_letters()[static_cast<unsigned char>(byte)]);
  return spelling;
}

std::optional<std::string> bytes_of_spelling(std::string_view spelling) {
  static const std::array<int, kLetterEnd> byte_of_letter = [] {
    std::array<int, kLetterEnd> bytes;
    bytes.fill(-1);
    for (int byte = 0; byte < 256; ++byte) bytes[byte_letters()[byte]] = byte;
    return bytes;
  }();
  std::string bytes;
  for (size_t at = 0; at < spelling.size();) {
    const Utf8Char c = utf8_char(spelling.data() + at);
    if (c.code >= kLetterEnd || byte_of_letter[c.code] < 0) return std::nullopt;
    bytes += static_cast<char>(byte_of_letter[c.code]);
    at += c.bytes;
  }
  return bytes;
}

}  // namespace bantam
