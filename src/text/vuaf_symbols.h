// The symbols of VUAF's tokenizers and the small files beside spm.model that name them:
//   <unk> <pad> <bos> <eos> <|user|> <|assistant|> <|system|> <|turn|> <|doc|> <|meta|> <|/meta|>
//   then 32 places for categories: <|cat:NAME|> for each, <|cat:_reserved_i|> for the rest
// categories.json holds the names, tokenizer.json the ids.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/vocabulary.h"

namespace bantam {

class VuafSymbols {
 public:
  static constexpr size_t kMostCategories = 32;

  // Whether the vocabulary has all of them as special tokens, the categories in a row.
  static bool known_to(const Vocabulary& vocabulary);
  explicit VuafSymbols(const Vocabulary& vocabulary);  // requires: known_to

  static std::string category_symbol(std::string_view name);  // "<|cat:NAME|>"
  TokenId id(std::string_view symbol) const;                  // "<|turn|>"
  const std::vector<std::string>& categories() const { return categories_; }
  std::optional<TokenId> category(std::string_view name) const;

  std::string categories_json() const;
  std::string ids_json(size_t vocab_size) const;

  // The symbols of a new vocabulary after <unk> and <pad>, in order. usage: more than 32 categories, or a name
  // that is empty, reserved, there twice or not made of letters, digits, "-", "_" and ".".
  static std::vector<std::string> of(const std::vector<std::string>& categories);

 private:
  std::vector<std::pair<std::string_view, TokenId>> ids_;
  TokenId first_category_ = 0;
  std::vector<std::string> categories_;
};

}  // namespace bantam
