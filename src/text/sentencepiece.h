// SentencePiece models (Kudo and Richardson, arXiv 1808.06226) behind Tokenizer: tokenizer.model, spm.model.
//
// Laws: Special::parse gives the ids of the library, byte for byte: user-defined symbols are found in the text,
// control symbols never. Decoding gives the library's text, also as ids come one by one.
//
// A piece is special if it is unknown, a control symbol, or a user-defined symbol written <…> or […] without
// white space; other user-defined symbols (runs of spaces, digits) are text. With Special::none a special
// symbol in the text is spelled out: the library runs on the same model with these symbols made control
// symbols, which it never finds in text, so that their characters are normalised and merged like any others.
#pragma once
#include <memory>
#include <string>

#include "text/sentencepiece_file.h"
#include "text/sentencepiece_library.h"
#include "text/token_model.h"

namespace bantam {

class SentencePiece : public TokenModel {
 public:
  // Errors: corrupt, unsupported, beginning with `where`.
  SentencePiece(std::string file, std::string_view where);

  std::string_view kind() const override;  // "SentencePiece BPE"
  void encode(std::string_view text, Special special, std::vector<TokenId>& out) const override;
  void encode_between(std::string_view text, std::vector<TokenId>& out) const override;
  std::unique_ptr<TextDecoder> decoder() const override;
  std::string_view file_name() const override;
  std::vector<SideFile> side_files() const override;

  const SentencePieceFile& description() const { return description_; }

 private:
  SentencePiece(std::string file, SentencePieceFile description, std::string_view where);
  bool is_vuaf() const;
  void encode_parts(const SentencePieceEncoder& encoder, std::string_view text,
                    std::vector<TokenId>& out) const;

  SentencePieceFile description_;
  bool words_stand_alone_;  // whether a long text may be cut between words
  std::unique_ptr<SentencePieceEncoder> parsing_, spelling_;
  // Between two special tokens: spelling_ with a piece that stands for both of them.
  std::unique_ptr<SentencePieceEncoder> between_;
};

}  // namespace bantam
