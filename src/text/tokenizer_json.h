// tokenizer.json, the file format of Hugging Face tokenizers (version "1.0"), for byte-level BPE.
// Reading takes both forms of merges ("a b" and ["a", "b"]). What the file asks for and this reader cannot do
// exactly is refused by name: other models, normalisers, patterns, decoders, truncation, padding, dropout.
#pragma once
#include <string>
#include <string_view>

#include "text/tokenizer.h"

namespace bantam {

// Errors: corrupt, unsupported. `where` opens the message. Ids are checked to be whole, in range, without
// holes in the vocabulary; that added tokens fit is checked by Tokenizer.
TokenizerDefinition definition_from_json(std::string_view json, std::string_view where);

// Without white space, keys in Hugging Face's order.
std::string tokenizer_json(const TokenizerDefinition& definition);

}  // namespace bantam
