// Longest match ("length-max") behind Tokenizer: at each place of a text the longest token that it begins with.
// The tokenizer of Escarda; its file is
//   {"vocab": {token: id}, "max_token_len": 24, "vocab_size": n, "algorithm": "length-max",
//    "special_tokens": [token, …]}
// where the bytes of a token are written as the characters U+0000 … U+00FF.
//
// Laws: special tokens cut the text first, the longest at each place; between them matches run left to right
// and never back, O(bytes · max_token_len); every byte that text can hold has a token.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/byte_trie.h"
#include "text/token_model.h"

namespace bantam {

struct LengthMaxDefinition {
  static constexpr size_t kTokenBytes = 24;  // the usual limit

  std::vector<std::string> tokens;       // by id, as bytes; empty: an id without a token
  std::vector<TokenId> special;          // in the order of the file
  size_t max_token_bytes = kTokenBytes;  // longer tokens match nothing
};

class LengthMax : public TokenModel {
 public:
  static constexpr std::string_view kAlgorithm = "length-max";

  // Whether tokenizer.json is of this kind; false for what is no JSON.
  static bool is_file(std::string_view json);
  // Errors: corrupt, unsupported (another algorithm, a byte without a token), beginning with `where`.
  static std::shared_ptr<const LengthMax> read(std::string json, std::string_view where);
  static std::shared_ptr<const LengthMax> make(LengthMaxDefinition definition,
                                               std::string_view where = "tokenizer");

  LengthMax(LengthMaxDefinition definition, std::string json, std::string_view where);

  std::string_view kind() const override { return kAlgorithm; }
  void encode(std::string_view text, Special special, std::vector<TokenId>& out) const override;
  std::unique_ptr<TextDecoder> decoder() const override {
    return std::make_unique<ByteDecoder>(vocabulary());
  }
  std::string_view file_name() const override { return "tokenizer.json"; }
  size_t max_token_bytes() const { return max_token_bytes_; }

 private:
  ByteTrie trie_;
  AddedTokenMatcher specials_;
  size_t max_token_bytes_;
};

}  // namespace bantam
