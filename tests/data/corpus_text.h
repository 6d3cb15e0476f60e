// What the tests of the shipped corpus read it with: nothing of the generator but its documents.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/corpus/corpus.h"

namespace bantam::corpus {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;  // instrumented code is slow: less text, the same laws
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

inline Options with_mix(std::string_view mix) {
  Options options;
  options.mix = parse_mix(mix);
  return options;
}

// As many documents as `bantam corpus --size` writes.
inline std::vector<Document> documents(Split split, uint64_t bytes, const Options& options = {}) {
  std::vector<Document> list;
  for (uint64_t written = 0; written < bytes; written += to_jsonl(list.back()).size())
    list.push_back(make_document(options, split, list.size()));
  return list;
}

// Everything that is said, without the roles.
inline std::string content(const Document& document) {
  std::string text = document.text;
  for (const Message& message : document.messages) text += (text.empty() ? "" : "\n") + message.content;
  return text;
}

// Splits where a separator stands; empty pieces are dropped.
inline std::vector<std::string> pieces(std::string_view text, std::string_view separators) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) list.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return list;
}

// Words of letters and digits, in small letters.
inline std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list = pieces(text, " \n.,:;!?\"'()+-*/=");
  for (std::string& word : list)
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return list;
}

// Sentences of plain statements, without their full stops.
inline std::vector<std::string> sentences(std::string_view text) {
  std::vector<std::string> list = pieces(text, ".\n");
  for (std::string& sentence : list) sentence.erase(0, sentence.find_first_not_of(' '));
  return list;
}

}  // namespace bantam::corpus
