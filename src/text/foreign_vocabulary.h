// Vocabularies in the files of others, as tokenizers of ours:
//   rank files of tiktoken   lines "base64 rank"; merges go by the rank of what they make, so every way to make a token
//                            from two others is a merge, as in Hugging Face's conversion
//   GPT-2's pair of files    encoder.json and vocab.bpe, or vocab.json and merges.txt
//   RWKV World               lines "id 'Python literal' bytes": longest match
//
// Law: ids equal those of the programs that the files were made for, of all text.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/split.h"
#include "text/tokenizer.h"

namespace bantam {

struct ForeignOptions {
  // How text is cut into words, which these files do not say; none: known by the file's name, or else GPT-2's for
  // its pair of files.
  std::optional<Split> split;
  // Special tokens; "TEXT" takes the first id that is free, "TEXT=ID" that one. Empty: those that belong to the file's
  // name, or <|endoftext|>.
  std::vector<std::string> special;
};

// Errors: not_found; usage, for options that do not fit; corrupt; unsupported, for other kinds of vocabulary.
Tokenizer read_foreign_tokenizer(const std::filesystem::path& file_or_folder, const ForeignOptions& options);

// The kinds by themselves, from the bytes of their files.
Tokenizer tiktoken_tokenizer(std::string_view ranks, std::string_view where, Split split,
                             const std::vector<std::string>& special);
Tokenizer rwkv_world_tokenizer(std::string_view lines, std::string_view where);
Tokenizer gpt2_tokenizer(std::string_view vocab_json, std::string_view merges, std::string_view where,
                         Split split, const std::vector<std::string>& special);

}  // namespace bantam
