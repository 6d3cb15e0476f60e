// The tokens by which a tokenizer ends what is said. Only special tokens count: a text may spell the others.
#pragma once
#include <optional>
#include <vector>

#include "text/tokenizer.h"

namespace bantam {

// Of a whole text: <|endoftext|> or what other vocabularies call it.
std::optional<TokenId> text_end(const Tokenizer& tokenizer);

// All that the tokenizer has of them.
std::vector<TokenId> text_ends(const Tokenizer& tokenizer);

// Where generation stops: the ends of texts that the tokenizer has, then the end of a turn.
std::vector<TokenId> end_tokens(const Tokenizer& tokenizer);

}  // namespace bantam
