// How text is cut into pre-tokens before BPE: scanners written by hand for the published patterns, each equal
// to what a backtracking regex engine finds (first alternative that matches wins).
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/function_ref.h"

namespace bantam {

enum class Split {
  gpt2,    // GPT-2, also as Hugging Face's ByteLevel(use_regex)
  llama3,  // Llama-3: any character may lead letters, numbers in threes
  qwen2,   // Qwen2, 2.5, 3: the same with single digits
  qwen35,  // Qwen3.5: marks belong to letters
  o200k,   // o200k: words break at a change of case, contractions stay with their word
};

std::string_view split_name(Split split);
std::optional<Split> split_named(std::string_view name);
std::vector<std::string_view> split_names();

// The pattern as tokenizer.json files carry it, and back; nothing for a pattern without a scanner.
std::string_view split_pattern(Split split);
std::optional<Split> split_of_pattern(std::string_view pattern);

// Calls `piece` on each pre-token, in order; together they are the text. Requires: valid UTF-8. O(n).
void for_each_piece(Split split, std::string_view text, FunctionRef<void(std::string_view piece)> piece);

// A place p in [from, text.size()) where every split has a boundary, whatever follows: the pieces of text[0,
// p) and of text[p, …) are the pieces of the whole, and NFC does not reach across. npos if there is none.
size_t safe_cut(std::string_view text, size_t from);

}  // namespace bantam
