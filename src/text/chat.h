// Conversations as token ids, in the form that the tokenizer's special tokens are made for:
//   ChatML   <|im_start|>{role}\n{content}<|im_end|>\n   for each message, then for a reply <|im_start|>assistant\n
//            with <bos> in front where the tokenizer is Escarda's (length_max.h)
//   VUAF     <bos><|cat:C|><|turn|>, then <|role|>{content}<|turn|> for each message, then for a reply
//            <|assistant|>; C is the category. A conversation that ends with an answer ends with <eos>.
// Laws: the control tokens are written as ids; contents are encoded with special tokens disabled, so nobody can
// write a turn's end into a message. The role's line is encoded apart from the content, in training as in chat:
// the ids of a prompt are a prefix of the ids of the whole conversation.
#pragma once
#include <cstdint>
#include <optional>
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
  std::vector<uint8_t> is_target;  // 1 for what the model is to say: assistant contents and what ends them
};

// A prompt cut to fit.
struct FittedPrompt {
  std::vector<TokenId> ids;
  size_t dropped_messages = 0;  // the oldest; a leading system message stays
};

class ChatFormat {
 public:
  static constexpr std::string_view kTurnBegin = "<|im_start|>", kTurnEnd = "<|im_end|>";

  // Whether the tokenizer has the control tokens of one of the forms, as special tokens.
  static bool known_to(const Tokenizer& tokenizer);
  // The token that ends a turn in the tokenizer's form; none where it has no form.
  static std::optional<TokenId> turn_end_of(const Tokenizer& tokenizer);

  // `category`: of VUAF's prompts; empty: "chat", or else the first there is. Errors: unsupported, if the
  // tokenizer has no form; usage, for a category that it does not have.
  explicit ChatFormat(Tokenizer tokenizer, std::string_view category = {});

  std::string_view name() const { return is_vuaf_ ? "vuaf" : "chatml"; }
  TokenId turn_end() const { return turn_end_; }
  bool ends_reply(TokenId id) const;  // the end of the turn, or of the text

  // `category`: of this conversation, where the form has categories; empty: the format's. invalid: the
  // tokenizer does not have it.
  ChatIds conversation(std::span<const ChatMessage> messages, std::string_view category = {}) const;
  // The conversation so far and the opening of the assistant's reply.
  std::vector<TokenId> prompt(std::span<const ChatMessage> messages) const;
  // The same in at most `context_tokens - reply_tokens` ids: whole turns (a user's message and what was
  // answered) are dropped from the front. Errors: invalid, if the system message and the last turn alone do
  // not fit.
  FittedPrompt fitted_prompt(std::span<const ChatMessage> messages, size_t context_tokens,
                             size_t reply_tokens) const;

  // A conversation in parts, as it is held: the opening, then turns and closed replies one after another are the
  // ids of a prompt.
  std::vector<TokenId> opening(const std::string& system) const;  // system: instructions; may be empty
  std::vector<TokenId> turn(const std::string& message) const;    // of the user, and the opening of the reply
  // What is remembered of a reply whose ids were generated: up to the end of the turn and what follows it.
  // In VUAF's form a reply's <eos> is not part of what comes before the next message.
  std::vector<TokenId> closed(std::vector<TokenId> reply) const;

  // The form as a Jinja template, as tokenizer_config.json has it.
  std::string jinja() const;

 private:
  std::vector<TokenId> opening_of(std::string_view category) const;
  void append_role(ChatRole role, ChatIds& out) const;
  void append_text(std::string_view text, bool is_target, ChatIds& out) const;
  void append(const ChatMessage& message, ChatIds& out) const;

  Tokenizer tokenizer_;
  bool is_vuaf_;
  std::vector<TokenId> opening_;                        // before the first message
  TokenId roles_[3], turn_begin_ = -1, turn_end_ = -1;  // roles_: of VUAF's form; turn_begin_: of ChatML
  std::vector<TokenId> text_ends_;
};

}  // namespace bantam
