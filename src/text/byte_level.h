// Byte-level BPE behind Tokenizer: added tokens, normalisation, words, merges (tokenizer.h has its laws).
#pragma once
#include <memory>

#include "text/added_tokens.h"
#include "text/token_model.h"
#include "text/tokenizer.h"
#include "text/word_encoder.h"

namespace bantam {

class ByteLevelBpe : public TokenModel {
 public:
  // `json`: the tokenizer.json that the definition was read from or is written as. Errors: corrupt,
  // unsupported, beginning with `where`.
  ByteLevelBpe(TokenizerDefinition definition, std::string json, std::string_view where);

  const TokenizerDefinition& definition() const { return definition_; }
  std::string_view kind() const override { return "byte-level BPE"; }
  void encode(std::string_view text, Special special, std::vector<TokenId>& out) const override;
  std::unique_ptr<TextDecoder> decoder() const override {
    return std::make_unique<ByteDecoder>(vocabulary());
  }
  std::string_view file_name() const override { return "tokenizer.json"; }

 private:
  std::string normal_form(const AddedToken& token) const;
  void spell_tokens();
  MergeTable merge_table(std::string_view where) const;
  WordEncoder::WholeWords whole_words() const;

  TokenizerDefinition definition_;
  AddedTokenMatcher raw_matcher_, normalized_matcher_;
  std::unique_ptr<WordEncoder> words_;
};

}  // namespace bantam
