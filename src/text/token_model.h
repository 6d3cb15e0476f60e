// What a kind of tokenizer is behind Tokenizer: byte-level BPE (byte_level.h), a SentencePiece model
// (sentencepiece.h), longest match (length_max.h). Immutable; all of it may be called from several threads.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/unicode.h"
#include "text/vocabulary.h"

namespace bantam {

enum class Special {
  none,   // "<|im_end|>" in the text is spelled out in ordinary tokens
  parse,  // it becomes the special token
};

// Text from ids as they come. Law: the pieces together are the text of all ids.
class TextDecoder {
 public:
  virtual ~TextDecoder() = default;
  virtual void push(TokenId id, std::string& out) = 0;  // appends the characters that became whole
  virtual void push(std::span<const TokenId> ids, std::string& out) {  // one after another
    for (const TokenId id : ids) push(id, out);
  }
  virtual void finish(std::string& out) = 0;  // what waits was broken
  virtual bool waits() const = 0;             // in the middle of a character
};

class TokenModel {
 public:
  TokenModel(std::vector<std::string> spellings, std::vector<bool> special, std::string_view where)
      : vocabulary_(std::move(spellings), std::move(special), where) {}
  virtual ~TokenModel() = default;

  virtual std::string_view kind() const = 0;  // "byte-level BPE"
  const Vocabulary& vocabulary() const { return vocabulary_; }

  // Appends the ids of a text. Requires: valid UTF-8.
  virtual void encode(std::string_view text, Special special, std::vector<TokenId>& out) const = 0;
  // The same, specials spelled out, of a text that stands between special tokens: what is done at the two
  // ends of a text alone (a space put before it, spaces taken off) is not done.
  virtual void encode_between(std::string_view text, std::vector<TokenId>& out) const {
    encode(text, Special::none, out);
  }
  virtual std::unique_ptr<TextDecoder> decoder() const = 0;

  // The file it came from, or that is written of it: its name in a tokenizer's folder and its bytes.
  virtual std::string_view file_name() const = 0;
  const std::string& file_bytes() const { return file_; }
  const std::string& sha256() const { return sha256_; }
  // What stands beside it in the folder and is written from it, as name and content.
  struct SideFile {
    std::string name, content;
  };
  virtual std::vector<SideFile> side_files() const { return {}; }

  // What is put around a text where the file says so (begin of text and the like).
  const std::vector<TokenId>& prefix() const { return prefix_; }
  const std::vector<TokenId>& suffix() const { return suffix_; }

 protected:
  void set_file(std::string bytes);

  Vocabulary vocabulary_;
  std::vector<TokenId> prefix_, suffix_;

 private:
  std::string file_, sha256_;
};

// For the kinds whose tokens are plain bytes: joined across tokens, then read as UTF-8, U+FFFD for each maximal
// invalid subpart.
class ByteDecoder : public TextDecoder {
 public:
  explicit ByteDecoder(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}
  void push(TokenId id, std::string& out) override { repair_.push(vocabulary_.bytes(id), out); }
  void push(std::span<const TokenId> ids, std::string& out) override {
    std::string joined;
    for (const TokenId id : ids) joined += vocabulary_.bytes(id);
    repair_.push(joined, out);
  }
  void finish(std::string& out) override { repair_.finish(out); }
  bool waits() const override { return repair_.waits(); }

 private:
  const Vocabulary& vocabulary_;
  Utf8Repair repair_;
};

}  // namespace bantam
