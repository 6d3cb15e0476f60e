// A tokenizer of bytes and four control tokens, and packs made with it: token = byte, so tests read like
// text.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/pack.h"
#include "data/pack_reader.h"
#include "temporary_folder.h"
#include "text/byte_alphabet.h"

namespace bantam::toy {

inline constexpr TokenId kBegin = 256, kEnd = 257, kTurnBegin = 258, kTurnEnd = 259, kVocab = 260;

// `vocab_size` beyond kVocab adds tokens that nothing uses, since there are no merges.
inline Tokenizer tokenizer(TokenId vocab_size = kVocab) {
  TokenizerDefinition definition;
  for (int byte = 0; byte < 256; ++byte)
    definition.vocab.push_back(spell_bytes(std::string(1, static_cast<char>(byte))));
  for (const std::string_view control : {"<|begin|>", "<|end|>", "<|im_start|>", "<|im_end|>"}) {
    definition.added.push_back({static_cast<TokenId>(definition.vocab.size()), std::string(control)});
    definition.vocab.emplace_back(control);
  }
  for (TokenId id = kVocab; id < vocab_size; ++id) definition.vocab.push_back("unused" + std::to_string(id));
  return Tokenizer(std::move(definition));
}

inline RowFormat format(TokenId vocab_size = kVocab) {
  static const Tokenizer shared = tokenizer();
  RowFormat format{.tokenizer = vocab_size == kVocab ? shared : tokenizer(vocab_size)};
  format.begin_token = kBegin;
  format.end_token = kEnd;
  format.chat.emplace(format.tokenizer);
  return format;
}

// "[" begins and "]" ends a document, "{" and "}" a turn.
inline std::string spell(std::span<const int32_t> tokens) {
  std::string text;
  for (const int32_t token : tokens)
    text += token < 0 ? '_' : token < 256 ? static_cast<char>(token) : "[]{}"[token - 256];
  return text;
}

inline PackOptions options(const std::filesystem::path& out, std::vector<SourceSpec> sources) {
  PackOptions options{.sources = std::move(sources), .out = out, .format = format()};
  return options;
}

inline std::vector<std::string> documents(const Pack& pack, const std::string& split = "train") {
  std::vector<std::string> texts;
  for (const Shard& shard : pack.shards())
    for (uint64_t d = 0; shard.info().split == split && d < shard.documents(); ++d) {
      std::vector<int32_t> tokens(shard.document_tokens(d));
      shard.tokens(shard.offsets()[d], tokens);
      texts.push_back(spell(tokens));
    }
  return texts;
}

}  // namespace bantam::toy
