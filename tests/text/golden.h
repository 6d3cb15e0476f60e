// The golden files of tests/golden/tok: made with Hugging Face tokenizers, kept xz-compressed.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "formats/compressed.h"
#include "text/tokenizer.h"

namespace bantam::golden {

inline std::filesystem::path folder() {
  return std::filesystem::path(BANTAM_SOURCE_DIR) / "tests/golden/tok";
}
inline std::filesystem::path vuaf_folder() { return folder() / "../vuaf/tokenizer"; }

inline std::string unpacked(const std::filesystem::path& path) {
  CompressedReader reader(path);
  std::string content, block(1 << 20, '\0');
  while (const size_t got = reader.read(block)) content.append(block, 0, got);
  return content;
}

inline std::string text(const std::string& name) { return unpacked(folder() / (name + ".xz")); }

// The tokenizer of a VUAF model, and what its reference made of texts and chats.
inline const Tokenizer& vuaf_tokenizer() {
  static const Tokenizer tokenizer = Tokenizer::parse(unpacked(vuaf_folder() / "spm.model.xz"), "spm.model");
  return tokenizer;
}
inline const Json& vuaf_pairs() {
  static const Json pairs = parse_json(unpacked(vuaf_folder() / "pairs.json.xz"), "pairs.json");
  return pairs;
}

inline std::vector<Json> rows(const std::string& name) {
  std::vector<Json> rows;
  const std::string content = text(name);
  for (size_t begin = 0; begin < content.size();) {
    const size_t end = content.find('\n', begin);
    rows.push_back(parse_json(std::string_view(content).substr(begin, end - begin), name));
    begin = end + 1;
  }
  return rows;
}

inline Tokenizer tokenizer(const std::string& name) {
  return Tokenizer::parse(text(name + ".tokenizer.json"), name + ".tokenizer.json");
}

inline const std::vector<std::string>& tokenizer_names() {
  static const std::vector<std::string> names = {"gpt2_512", "gpt2_4096", "llama3_2048", "qwen2_2048",
                                                 "qwen35_512"};
  return names;
}

}  // namespace bantam::golden
