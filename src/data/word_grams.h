// A text as runs of N words, each run a hash: what near-duplicates and contaminated texts are recognised by.
//
// A word is a run of letters, digits, marks and what else Unicode's \w holds, ASCII in lower case; an ideograph or kana
// is a word by itself. So case, white space, punctuation and markup do not count. The hash of words w₁…w_N is
// Σ h(w_i)·B^(N−i) modulo 2^64, mixed (Karp & Rabin 1987): it rolls along in O(1) a word.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/random.h"
#include "text/unicode.h"

namespace bantam {

// Calls body(hash, begin, end) with the bytes of each word. Requires: valid UTF-8.
template <class Body>
void for_each_word(std::string_view text, const Body& body) {
  const uint8_t* classes = char_classes();
  const auto is_ideograph = [](char32_t c) {
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x3ffff);
  };
  constexpr uint64_t kOffset = 0xcbf29ce484222325, kPrime = 0x100000001b3;  // FNV-1a
  uint64_t hash = kOffset;
  size_t begin = 0;
  bool inside = false;
  const auto end_word = [&](size_t at) {
    if (inside) body(splitmix64(hash), begin, at);
    inside = false;
  };
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = utf8_char(text.data() + at);
    const bool alone = c.code > 0x3000 && is_ideograph(c.code);
    if (alone || (classes[c.code] & kWord) == 0) end_word(at);
    if ((classes[c.code] & kWord) != 0) {
      if (!inside) hash = kOffset, begin = at, inside = true;
      const char32_t lower = c.code >= 'A' && c.code <= 'Z' ? c.code + 32 : c.code;
      for (char32_t rest = lower; rest != 0; rest >>= 8) hash = (hash ^ (rest & 255)) * kPrime;
    }
    at += c.bytes;
    if (alone) end_word(at);
  }
  end_word(text.size());
}

// Calls body(hash, begin, end) with the bytes of each run of N words. Returns the number of words. A text of fewer is
// one run where `shorter` says so.
template <size_t N, class Body>
size_t for_each_gram(std::string_view text, bool shorter, const Body& body) {
  constexpr uint64_t kBase = 0x9e3779b97f4a7c15;
  uint64_t leaving = 1;  // B^N
  for (size_t i = 0; i < N; ++i) leaving *= kBase;
  std::array<uint64_t, N> hashes{};
  std::array<size_t, N> begins{};
  uint64_t sum = 0;
  size_t words = 0, last_end = 0;
  for_each_word(text, [&](uint64_t hash, size_t begin, size_t end) {
    const size_t slot = words % N;
    sum = sum * kBase + hash - (words >= N ? leaving * hashes[slot] : 0);
    hashes[slot] = hash;
    begins[slot] = begin;
    last_end = end;
    if (++words >= N) body(splitmix64(sum), begins[words % N], end);
  });
  if (shorter && words > 0 && words < N) body(splitmix64(sum), begins[0], last_end);
  return words;
}

}  // namespace bantam
