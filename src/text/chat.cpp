#include "text/chat.h"

#include <algorithm>

#include "base/error.h"

namespace bantam {
namespace {

constexpr std::string_view kRoleNames[] = {"system", "user", "assistant"};

TokenId control_token(const Tokenizer& tokenizer, std::string_view content) {
  const auto id = tokenizer.special_id_of(content);
  require(id.has_value(), ErrorCode::unsupported,
          "chat: the tokenizer has no special token {}; want {} and {} for conversations (train it with "
          "--special)",
          content, ChatFormat::kTurnBegin, ChatFormat::kTurnEnd);
  return *id;
}

}  // namespace

std::string_view chat_role_name(ChatRole role) { return kRoleNames[static_cast<size_t>(role)]; }

ChatRole chat_role_named(std::string_view name) {
  for (size_t i = 0; i < std::size(kRoleNames); ++i)
    if (kRoleNames[i] == name) return static_cast<ChatRole>(i);
  fail(ErrorCode::invalid, "chat: the role is \"{}\"; want system, user or assistant", name);
}

bool ChatFormat::known_to(const Tokenizer& tokenizer) {
  return tokenizer.special_id_of(kTurnBegin) && tokenizer.special_id_of(kTurnEnd);
}

ChatFormat::ChatFormat(Tokenizer tokenizer)
    : tokenizer_(std::move(tokenizer)),
      turn_begin_(control_token(tokenizer_, kTurnBegin)),
      turn_end_(control_token(tokenizer_, kTurnEnd)) {}

void ChatFormat::append_text(std::string_view text, bool is_target, ChatIds& out) const {
  tokenizer_.encode(text, Special::none, out.ids);
  out.is_target.resize(out.ids.size(), is_target);
}

void ChatFormat::append(const ChatMessage& message, ChatIds& out) const {
  const bool is_target = message.role == ChatRole::assistant;
  out.ids.push_back(turn_begin_);
  append_text(std::string(chat_role_name(message.role)) + "\n", false, out);
  append_text(message.content, is_target, out);
  out.ids.push_back(turn_end_);
  out.is_target.push_back(is_target);
  append_text("\n", false, out);
}

ChatIds ChatFormat::conversation(std::span<const ChatMessage> messages) const {
  ChatIds out;
  for (const ChatMessage& message : messages) append(message, out);
  return out;
}

std::vector<TokenId> ChatFormat::prompt(std::span<const ChatMessage> messages) const {
  return fitted_prompt(messages, ~size_t{0}, 0).ids;
}

FittedPrompt ChatFormat::fitted_prompt(std::span<const ChatMessage> messages, size_t context_tokens,
                                       size_t reply_tokens) const {
  ChatIds reply;
  reply.ids.push_back(turn_begin_);
  append_text(std::string(chat_role_name(ChatRole::assistant)) + "\n", false, reply);

  std::vector<ChatIds> parts(messages.size());
  size_t total = reply.ids.size();
  for (size_t i = 0; i < messages.size(); ++i) {
    append(messages[i], parts[i]);
    total += parts[i].ids.size();
  }
  const size_t limit = context_tokens - std::min(context_tokens, reply_tokens);
  const size_t first = !messages.empty() && messages[0].role == ChatRole::system ? 1 : 0;
  size_t begin = first;
  while (total > limit) {
    // A turn goes up to the next message of a user; the last one stays.
    size_t end = begin + 1;
    while (end < messages.size() && messages[end].role != ChatRole::user) ++end;
    require(end < messages.size(), ErrorCode::invalid,
            "chat: the last message takes {} tokens with what must stand before it; the context of {} has "
            "room for "
            "{} beside a reply of {}: shorten it",
            total, context_tokens, limit, reply_tokens);
    for (; begin < end; ++begin) total -= parts[begin].ids.size();
  }
  FittedPrompt prompt{{}, begin - first};
  for (size_t i = 0; i < parts.size(); ++i)
    if (i < first || i >= begin)
      prompt.ids.insert(prompt.ids.end(), parts[i].ids.begin(), parts[i].ids.end());
  prompt.ids.insert(prompt.ids.end(), reply.ids.begin(), reply.ids.end());
  return prompt;
}

}  // namespace bantam
