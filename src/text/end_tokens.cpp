#include "text/end_tokens.h"

#include "text/chat.h"

namespace bantam {
namespace {

constexpr std::string_view kTextEnds[] = {"<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "<|eos|>"};

}  // namespace

std::optional<TokenId> text_end(const Tokenizer& tokenizer) {
  for (const std::string_view content : kTextEnds)
    if (const auto id = tokenizer.special_id_of(content)) return id;
  return std::nullopt;
}

std::vector<TokenId> end_tokens(const Tokenizer& tokenizer) {
  std::vector<TokenId> ids;
  for (const std::string_view content : kTextEnds)
    if (const auto id = tokenizer.special_id_of(content)) ids.push_back(*id);
  if (const auto id = tokenizer.special_id_of(ChatFormat::kTurnEnd)) ids.push_back(*id);
  return ids;
}

}  // namespace bantam
