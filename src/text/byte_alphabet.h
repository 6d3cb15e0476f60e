// The alphabet in which byte-level vocabularies are spelled: each byte is one printable character. 0x21-0x7E,
// 0xA1-0xAC and 0xAE-0xFF stand for themselves, the other 68 bytes in order for U+0100, U+0101, …
// (Radford et al. 2019, GPT-2's encoder.)
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace bantam {

// The letters by byte value.
const std::array<char32_t, 256>& byte_letters();

// All bytes in the order of their letters' code points: the order of ids in a trained vocabulary.
const std::array<unsigned char, 256>& bytes_by_letter();

std::string spell_bytes(std::string_view bytes);

// The inverse; nothing if a character outside the alphabet occurs. Requires: valid UTF-8.
std::optional<std::string> bytes_of_spelling(std::string_view spelling);

}  // namespace bantam
