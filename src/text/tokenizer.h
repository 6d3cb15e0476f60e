// Tokenizers: text to ids and back, of three kinds, told apart by their files.
//   byte-level BPE   tokenizer.json of Hugging Face tokenizers
//   SentencePiece    tokenizer.model or spm.model (sentencepiece.h)
//   longest match    tokenizer.json with "algorithm": "length-max" (length_max.h)
//
// Laws: the ids equal those of the implementation the file comes from (Hugging Face tokenizers and tiktoken,
// SentencePiece); encoding takes O(n log n) on any input; text never yields a special token unless the caller
// asks for it with Special::parse. What is not valid UTF-8 is taken as U+FFFD, one for each maximal subpart.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/split.h"
#include "text/token_model.h"

namespace bantam {

// A token matched in the text before BPE, longest first.
struct AddedToken {
  TokenId id = 0;
  std::string content;
  bool special = true;       // a control token: skipped by skip_special, and by Special::none
  bool single_word = false;  // only where no word character touches it
  bool lstrip = false;       // swallows the white space before it
  bool rstrip = false;       // swallows the white space after it
  bool normalized = false;   // matched after normalisation, in its own normalised form
};

// All that defines byte-level BPE: what tokenizer.json says.
struct TokenizerDefinition {
  std::vector<std::string> vocab;                   // by id, spelled in the byte alphabet ("Ġthe"); no holes
  std::vector<std::pair<TokenId, TokenId>> merges;  // by rank
  std::vector<AddedToken> added;                    // ids inside `vocab`, or following it without holes
  Split split = Split::gpt2;
  bool individual_digits = false;  // each number character stands alone before the split
  bool nfc = false;
  bool ignore_merges = false;  // a pre-token that is a token is taken whole
  bool add_prefix_space = false;
  std::vector<TokenId> prefix, suffix;  // what the post-processor puts around a text
};

// Immutable and cheap to copy; all of it may be called from several threads at once.
class Tokenizer {
 public:
  // A tokenizer's file, or a folder that holds one; in a folder spm.model and tokenizer.model go before
  // tokenizer.json. Errors: not_found, corrupt (broken or inconsistent: ids out of range, twice, or with
  // holes), unsupported (another kind of model, an unknown pattern), each naming the file.
  static Tokenizer load(const std::filesystem::path& file_or_folder);
  static Tokenizer parse(std::string_view file, std::string_view where);  // the bytes of one
  explicit Tokenizer(TokenizerDefinition definition);                     // byte-level BPE
  explicit Tokenizer(std::shared_ptr<const TokenModel> model) : model_(std::move(model)) {}

  const TokenModel& model() const { return *model_; }
  const TokenizerDefinition& definition() const;  // unsupported, if it is not byte-level BPE
  size_t vocab_size() const { return model_->vocabulary().size(); }  // the largest id + 1
  std::optional<TokenId> id_of(std::string_view token) const;  // as spelled in the file: "Ġthe", "<|im_end|>"
  const std::string& token(TokenId id) const;                  // the inverse
  std::string_view token_bytes(TokenId id) const;              // what it decodes to; empty for an unknown id
  bool is_special(TokenId id) const { return model_->vocabulary().is_special(id); }
  std::optional<TokenId> special_id_of(std::string_view token) const;  // id_of, if that is special

  std::vector<TokenId> encode(std::string_view text, Special special = Special::none) const;
  void encode(std::string_view text, Special special, std::vector<TokenId>& out) const;  // appends
  // Appends the ids of a text between two special tokens, such as what somebody says in a conversation:
  // Special::none, and nothing of what some files do at the ends of a text (token_model.h).
  void encode_between(std::string_view text, std::vector<TokenId>& out) const;
  // Puts the post-processor's tokens (begin of text and the like) around ids; most files have none.
  std::vector<TokenId> with_template(std::span<const TokenId> ids) const;

  // Bytes are joined across tokens before they are read as UTF-8; ids outside the vocabulary are dropped.
  std::string decode(std::span<const TokenId> ids, bool skip_special = false) const;

  // The same with more special tokens at the end of the vocabulary; those it already has stay where they are.
  // unsupported, if it is not byte-level BPE.
  Tokenizer with_special_tokens(std::span<const std::string> contents) const;

  // The bytes of its file (tokenizer.json, spm.model): those it came from, or those save() writes.
  const std::string& file_bytes() const { return model_->file_bytes(); }
  const std::string& sha256() const { return model_->sha256(); }  // of these bytes, in hexadecimal
  // The file and what stands beside it; the folder is created.
  void save(const std::filesystem::path& folder) const;

 private:
  std::shared_ptr<const TokenModel> model_;
};

// Text from ids as they come: a piece is given out once its last character is whole, so that the pieces
// together are decode() of all ids. (Hugging Face calls this DecodeStream.)
class DecodeStream {
 public:
  explicit DecodeStream(Tokenizer tokenizer, bool skip_special = false)
      : tokenizer_(std::move(tokenizer)),
        skip_special_(skip_special),
        decoder_(tokenizer_.model().decoder()) {}
  std::string push(TokenId id);  // empty while the text so far ends in the middle of a character
  std::string finish();          // what is left: an unfinished character becomes U+FFFD

 private:
  Tokenizer tokenizer_;
  bool skip_special_;
  std::unique_ptr<TextDecoder> decoder_;
  std::string held_;  // decoded, not yet given out
};

// Whether the folder holds a tokenizer's file.
bool has_tokenizer(const std::filesystem::path& folder);
// The file that a tokenizer's folder or file names. Errors: not_found.
std::filesystem::path tokenizer_file(const std::filesystem::path& file_or_folder);

}  // namespace bantam
