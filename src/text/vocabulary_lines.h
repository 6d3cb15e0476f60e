// Vocabularies that are lines of text: tiktoken's rank files and RWKV World's. Everything is checked line by line;
// errors are corrupt and name the line.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"

namespace bantam {

// Each line without its break, numbered from 1.
void for_each_line_of(std::string_view text, FunctionRef<void(std::string_view line, size_t number)> body);

bool looks_like_ranks(std::string_view text);  // by the first line
bool looks_like_rwkv_world(std::string_view text);

// Tokens by id, as bytes; empty: an id without a token.
std::vector<std::string> tokens_of_ranks(std::string_view text, std::string_view where);
std::vector<std::string> tokens_of_rwkv_world(std::string_view text, std::string_view where);

}  // namespace bantam
