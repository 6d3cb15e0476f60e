// The small files beside a model's weights in the Hugging Face layout that make it speak: tokenizer.json,
// tokenizer_config.json, special_tokens_map.json and generation_config.json.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace bantam {

// tokenizer_config.json for transformers' PreTrainedTokenizerFast, with the chat template when the tokenizer
// has the tokens of one. context: most tokens of a sequence.
void write_tokenizer_config(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                            uint64_t context);
// special_tokens_map.json: the tokens that begin, end and fill up a text, where there are such.
void write_special_tokens_map(const std::filesystem::path& folder, const Tokenizer& tokenizer);
// generation_config.json: which tokens end a text.
void write_generation_config(const std::filesystem::path& folder, const Tokenizer& tokenizer);

// Copies as they are those of the files beside a model's weights that make it speak and that `from` has; true when a
// tokenizer is among them.
bool copy_text_files(const std::filesystem::path& from, const std::filesystem::path& to);
// Adds those of tokenizer_config.json, special_tokens_map.json and generation_config.json that `folder` has not.
void complete_text_files(const std::filesystem::path& folder, const Tokenizer& tokenizer, uint64_t context);

// All of them, into an existing folder.
void write_text_files(const std::filesystem::path& folder, const Tokenizer& tokenizer, uint64_t context);

}  // namespace bantam
