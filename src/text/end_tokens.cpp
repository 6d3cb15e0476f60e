#include "text/end_tokens.h"

#include "text/chat.h"

namespace bantam {
namespace {

constexpr std::string_view kTextEnds[] = {"<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "<|eos|>"};

}  // namespace

std::vector<TokenId> text_ends(const Tokenizer& tokenizer) {
  std::vector<TokenId> ids;
  for (const std::string_view content : kTextEnds)
    if (const auto id = tokenizer.special_id_of(content)) ids.push_back(*id);
  return ids;
}

std::optional<TokenId> text_end(const Tokenizer& tokenizer) {
  const std::vector<TokenId> ids = text_ends(tokenizer);
  return ids.empty() ? std::nullopt : std::optional(ids.front());
}

std::vector<TokenId> end_tokens(const Tokenizer& tokenizer) {
  std::vector<TokenId> ids = text_ends(tokenizer);
  if (const auto id = ChatFormat::turn_end_of(tokenizer)) ids.push_back(*id);
  return ids;
}

}  // namespace bantam
