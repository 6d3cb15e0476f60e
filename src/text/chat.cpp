#include "text/chat.h"

#include <algorithm>

#include "base/error.h"
#include "text/end_tokens.h"
#include "text/length_max.h"
#include "text/vuaf_symbols.h"

namespace bantam {
namespace {

constexpr std::string_view kRoleNames[] = {"system", "user", "assistant"};
constexpr std::string_view kVuafRoles[] = {"<|system|>", "<|user|>", "<|assistant|>"};
constexpr std::string_view kVuafTurn = "<|turn|>";

bool knows_chatml(const Tokenizer& tokenizer) {
  return tokenizer.special_id_of(ChatFormat::kTurnBegin) && tokenizer.special_id_of(ChatFormat::kTurnEnd);
}

bool knows_vuaf(const Tokenizer& tokenizer) { return VuafSymbols::known_to(tokenizer.model().vocabulary()); }

std::string chosen_category(const VuafSymbols& symbols, std::string_view wanted) {
  const std::vector<std::string>& names = symbols.categories();
  const auto is_there = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (wanted.empty()) return is_there("chat") || names.empty() ? "chat" : names.front();
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  require(is_there(wanted), ErrorCode::usage, "chat: the tokenizer has no category \"{}\"; it has {}", wanted,
          list.empty() ? "none" : list);
  return std::string(wanted);
}

}  // namespace

std::string_view chat_role_name(ChatRole role) { return kRoleNames[static_cast<size_t>(role)]; }

ChatRole chat_role_named(std::string_view name) {
  for (size_t i = 0; i < std::size(kRoleNames); ++i)
    if (kRoleNames[i] == name) return static_cast<ChatRole>(i);
  fail(ErrorCode::invalid, "chat: the role is \"{}\"; want system, user or assistant", name);
}

bool ChatFormat::known_to(const Tokenizer& tokenizer) {
  return knows_chatml(tokenizer) || knows_vuaf(tokenizer);
}

std::optional<TokenId> ChatFormat::turn_end_of(const Tokenizer& tokenizer) {
  if (const auto id = tokenizer.special_id_of(kTurnEnd)) return id;
  return knows_vuaf(tokenizer) ? tokenizer.special_id_of(kVuafTurn) : std::nullopt;
}

ChatFormat::ChatFormat(Tokenizer tokenizer, std::string_view category)
    : tokenizer_(std::move(tokenizer)), is_vuaf_(!knows_chatml(tokenizer_)) {
  require(
      known_to(tokenizer_), ErrorCode::unsupported,
      "chat: the tokenizer has no special tokens {} and {}, nor those of VUAF's prompts; conversations need "
      "one of both (train it with --special)",
      kTurnBegin, kTurnEnd);
  require(is_vuaf_ || category.empty(), ErrorCode::usage,
          "chat: category \"{}\": the tokenizer's conversations have no categories", category);
  text_ends_ = text_ends(tokenizer_);
  if (!is_vuaf_) {
    turn_begin_ = *tokenizer_.id_of(kTurnBegin);
    turn_end_ = *tokenizer_.id_of(kTurnEnd);
    if (tokenizer_.model().kind() == LengthMax::kAlgorithm) opening_ = tokenizer_.model().prefix();
    return;
  }
  const VuafSymbols symbols(tokenizer_.model().vocabulary());
  turn_end_ = symbols.id(kVuafTurn);
  opening_ = {symbols.id("<bos>")};
  if (const auto id = symbols.category(chosen_category(symbols, category))) opening_.push_back(*id);
  opening_.push_back(turn_end_);
  for (size_t role = 0; role < std::size(kVuafRoles); ++role) roles_[role] = symbols.id(kVuafRoles[role]);
}

bool ChatFormat::ends_reply(TokenId id) const {
  return id == turn_end_ || std::find(text_ends_.begin(), text_ends_.end(), id) != text_ends_.end();
}

std::vector<TokenId> ChatFormat::opening_of(std::string_view category) const {
  std::vector<TokenId> opening = opening_;
  if (!is_vuaf_ || category.empty()) return opening;
  const auto id = tokenizer_.special_id_of(VuafSymbols::category_symbol(category));
  require(id.has_value(), ErrorCode::invalid, "chat: the tokenizer has no category \"{}\"", category);
  return {opening.front(), *id, turn_end_};
}

void ChatFormat::append_text(std::string_view text, bool is_target, ChatIds& out) const {
  tokenizer_.encode_between(text, out.ids);
  out.is_target.resize(out.ids.size(), is_target);
}

void ChatFormat::append_role(ChatRole role, ChatIds& out) const {
  out.ids.push_back(is_vuaf_ ? roles_[static_cast<size_t>(role)] : turn_begin_);
  out.is_target.push_back(0);
  if (!is_vuaf_) append_text(std::string(chat_role_name(role)) + "\n", false, out);
}

void ChatFormat::append(const ChatMessage& message, ChatIds& out) const {
  const bool is_target = message.role == ChatRole::assistant;
  append_role(message.role, out);
  append_text(message.content, is_target, out);
  out.ids.push_back(turn_end_);
  out.is_target.push_back(is_target);
  if (!is_vuaf_) append_text("\n", false, out);
}

ChatIds ChatFormat::conversation(std::span<const ChatMessage> messages, std::string_view category) const {
  ChatIds out{opening_of(category), {}};
  out.is_target.resize(out.ids.size(), 0);
  for (const ChatMessage& message : messages) append(message, out);
  if (is_vuaf_ && !messages.empty() && messages.back().role == ChatRole::assistant)
    out.ids.back() = *tokenizer_.id_of("<eos>");
  return out;
}

std::vector<TokenId> ChatFormat::prompt(std::span<const ChatMessage> messages) const {
  return fitted_prompt(messages, ~size_t{0}, 0).ids;
}

FittedPrompt ChatFormat::fitted_prompt(std::span<const ChatMessage> messages, size_t context_tokens,
                                       size_t reply_tokens) const {
  ChatIds reply;
  append_role(ChatRole::assistant, reply);

  std::vector<ChatIds> parts(messages.size());
  size_t total = opening_.size() + reply.ids.size();
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
            "room for {} beside a reply of {}: shorten it",
            total, context_tokens, limit, reply_tokens);
    for (; begin < end; ++begin) total -= parts[begin].ids.size();
  }
  FittedPrompt prompt{opening_, begin - first};
  for (size_t i = 0; i < parts.size(); ++i)
    if (i < first || i >= begin)
      prompt.ids.insert(prompt.ids.end(), parts[i].ids.begin(), parts[i].ids.end());
  prompt.ids.insert(prompt.ids.end(), reply.ids.begin(), reply.ids.end());
  return prompt;
}

std::vector<TokenId> ChatFormat::opening(const std::string& system) const {
  ChatIds out{opening_, std::vector<uint8_t>(opening_.size())};
  if (!system.empty()) append({ChatRole::system, system}, out);
  return out.ids;
}

std::vector<TokenId> ChatFormat::turn(const std::string& message) const {
  ChatIds out;
  append({ChatRole::user, message}, out);
  append_role(ChatRole::assistant, out);
  return out.ids;
}

std::vector<TokenId> ChatFormat::closed(std::vector<TokenId> reply) const {
  if (is_vuaf_ && !reply.empty() && reply.back() != turn_end_ && ends_reply(reply.back())) reply.pop_back();
  if (reply.empty() || reply.back() != turn_end_) reply.push_back(turn_end_);
  if (!is_vuaf_) tokenizer_.encode_between("\n", reply);
  return reply;
}

std::string ChatFormat::jinja() const {
  std::string opening;
  for (const TokenId id : opening_) opening += tokenizer_.token(id);
  if (is_vuaf_)
    return "{{ '" + opening +
           "' }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + "
           "'<|turn|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";
  return (opening.empty() ? "" : "{{ '" + opening + "' }}") +
         "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + "
         "'<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' "
         "}}{% endif %}";
}

}  // namespace bantam
