// The SentencePiece library (github.com/google/sentencepiece), which alone knows its algorithms exactly. Its
// headers are included by sentencepiece_library.cpp and nowhere else.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function_ref.h"
#include "text/vocabulary.h"

namespace bantam {

// Immutable; encode() may be called from several threads.
class SentencePieceEncoder {
 public:
  // Requires: `file` passed read_sentencepiece_file(). Errors, beginning with `where`: corrupt, for what the
  // library refuses.
  SentencePieceEncoder(std::string_view file, std::string_view where);
  ~SentencePieceEncoder();

  // Appends the ids that the library gives the text. Requires: valid UTF-8. invalid: a text of 1 GiB or more.
  void encode(std::string_view text, std::vector<TokenId>& out) const;

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

// Trains a model with the library's options by name ("vocab_size", "4096") and gives its file's bytes. `next`
// fills in a sentence and is false after the last. reserved: tokens that are symbols and bytes. Errors: usage; how many
// tokens are wanted where these and the text's characters are more than vocab_size, else with the library's words.
std::string train_sentencepiece_model(const std::vector<std::pair<std::string, std::string>>& options,
                                      FunctionRef<bool(std::string& sentence)> next, size_t reserved);

}  // namespace bantam
