// Conversations as token ids, in ChatML:
//   <|im_start|>{role}\n{content}<|im_end|>\n      for each message, then for a reply <|im_start|>assistant\n
// Laws: the two control tokens are written as ids; contents are encoded with special tokens disabled, so
// nobody can write a turn's end into a message. The role's line is encoded apart from the content, in
// training as in chat: the ids of a prompt are a prefix of the ids of the whole conversation.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace bantam {

enum class ChatRole { system, user, assistant };
std::string_view chat_role_name(ChatRole role);
ChatRole chat_role_named(std::string_view name);  // invalid, naming the roles there are

struct ChatMessage {
  ChatRole role;
  std::string content;
};

struct ChatIds {
  std::vector<TokenId> ids;
  std::vector<uint8_t> is_target;  // 1 for what the model is to say: assistant contents and their <|im_end|>
};

// A prompt cut to fit.
struct FittedPrompt {
  std::vector<TokenId> ids;
  size_t dropped_messages = 0;  // the oldest; a leading system message stays
};

class ChatFormat {
 public:
  static constexpr std::string_view kTurnBegin = "<|im_start|>", kTurnEnd = "<|im_end|>";

  // Whether the tokenizer has both control tokens, as special tokens.
  static bool known_to(const Tokenizer& tokenizer);
  // Errors: unsupported, if the tokenizer lacks one of the two control tokens as a special token.
  explicit ChatFormat(Tokenizer tokenizer);

  TokenId turn_begin() const { return turn_begin_; }
  TokenId turn_end() const { return turn_end_; }  // generation of a reply stops here

  ChatIds conversation(std::span<const ChatMessage> messages) const;
  // The conversation so far and the opening of the assistant's reply.
  std::vector<TokenId> prompt(std::span<const ChatMessage> messages) const;
  // The same in at most `context_tokens - reply_tokens` ids: whole turns (a user's message and what was
  // answered) are dropped from the front. Errors: invalid, if the system message and the last turn alone do
  // not fit.
  FittedPrompt fitted_prompt(std::span<const ChatMessage> messages, size_t context_tokens,
                             size_t reply_tokens) const;

 private:
  void append(const ChatMessage& message, ChatIds& out) const;
  void append_text(std::string_view text, bool is_target, ChatIds& out) const;

  Tokenizer tokenizer_;
  TokenId turn_begin_, turn_end_;
};

}  // namespace bantam
