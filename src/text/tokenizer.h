// Byte-level BPE tokenizers: text to ids and back, tokenizer.json in and out.
//
// Laws: the ids equal those of Hugging Face tokenizers (and tiktoken) for the same file; encoding takes O(n
// log n) on any input; text never yields a special token unless the caller asks for it with Special::parse.
// Anything that decodes as bytes can be encoded; what is not valid UTF-8 is taken as U+FFFD, one for each
// maximal subpart.
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
#include "text/unicode.h"

namespace bantam {

using TokenId = int32_t;

inline constexpr size_t kVocabularyLimit = size_t{1} << 20;

enum class Special {
  none,   // "<|im_end|>" in the text is spelled out in ordinary tokens
  parse,  // it becomes the special token
};

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

// All that defines a tokenizer: what tokenizer.json says.
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
  // A tokenizer.json, or a folder that holds one. Errors: not_found, corrupt (broken or inconsistent: ids out
  // of range, twice, or with holes), unsupported (another kind of model, an unknown pattern), each naming the
  // file.
  static Tokenizer load(const std::filesystem::path& file_or_folder);
  static Tokenizer parse(std::string_view json, std::string_view where);
  explicit Tokenizer(TokenizerDefinition definition);

  const TokenizerDefinition& definition() const;
  size_t vocab_size() const;                                   // the largest id + 1, added tokens included
  std::optional<TokenId> id_of(std::string_view token) const;  // as spelled in the file: "Ġthe", "<|im_end|>"
  const std::string& token(TokenId id) const;                  // the inverse
  std::string_view token_bytes(TokenId id) const;              // what it decodes to; empty for an unknown id
  bool is_special(TokenId id) const;
  std::optional<TokenId> special_id_of(std::string_view token) const;  // id_of, if that is special

  std::vector<TokenId> encode(std::string_view text, Special special = Special::none) const;
  void encode(std::string_view text, Special special, std::vector<TokenId>& out) const;  // appends
  // Puts the post-processor's tokens (begin of text and the like) around ids; most files have none.
  std::vector<TokenId> with_template(std::span<const TokenId> ids) const;

  // Bytes are joined across tokens before they are read as UTF-8; ids outside the vocabulary are dropped.
  std::string decode(std::span<const TokenId> ids, bool skip_special = false) const;

  // The same with more special tokens at the end of the vocabulary; those it already has stay where they are.
  Tokenizer with_special_tokens(std::span<const std::string> contents) const;

  const std::string& json()
      const;  // the bytes of its tokenizer.json: those it came from, or those save() writes
  const std::string& sha256() const;                     // of these bytes, in hexadecimal
  void save(const std::filesystem::path& folder) const;  // folder/tokenizer.json; the folder is created

 private:
  struct Impl;
  explicit Tokenizer(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  static Tokenizer make(TokenizerDefinition definition, std::string json, std::string_view where);
  std::shared_ptr<const Impl> impl_;
};

// Text from ids as they come: a piece is given out once its last character is whole, so that the pieces
// together are decode() of all ids. (Hugging Face calls this DecodeStream.)
class DecodeStream {
 public:
  explicit DecodeStream(Tokenizer tokenizer, bool skip_special = false)
      : tokenizer_(std::move(tokenizer)), skip_special_(skip_special) {}
  std::string push(TokenId id);  // empty while the text so far ends in the middle of a character
  std::string finish();          // what is left: an unfinished character becomes U+FFFD

 private:
  Tokenizer tokenizer_;
  bool skip_special_;
  Utf8Repair repair_;
  std::string held_;  // decoded, not yet given out
};

// The file that a tokenizer folder or file names. Errors: not_found.
std::filesystem::path tokenizer_file(const std::filesystem::path& file_or_folder);

}  // namespace bantam
