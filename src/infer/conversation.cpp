#include "infer/conversation.h"

#include <algorithm>

namespace bantam {

Conversation::Conversation(Engine& engine, const Tokenizer& tokenizer, GenerationSettings settings,
                           const std::string& system)
    : engine_(engine),
      tokenizer_(tokenizer),
      format_(tokenizer),
      settings_(std::move(settings)),
      line_end_(tokenizer.encode("\n")),
      sequence_(engine.begin(settings_.sampling)) {
  if (!system.empty()) {
    const ChatMessage message[] = {{ChatRole::system, system}};
    system_ = format_.conversation(message).ids;
  }
  settings_.stop_token_ids.push_back(format_.turn_end());
  restart();
}

// Begins the sequence anew from what is kept; the next turn runs over it.
void Conversation::restart() {
  sequence_ = engine_.begin(settings_.sampling);
  engine_.extend(sequence_, system_);
  for (const std::vector<int32_t>& turn : turns_) engine_.extend(sequence_, turn);
}

void Conversation::reset() {
  turns_.clear();
  restart();
}

size_t Conversation::tokens() const {
  size_t count = system_.size();
  for (const std::vector<int32_t>& turn : turns_) count += turn.size();
  return count;
}

// Drops the oldest turns until `tokens` more fit; returns how many.
size_t Conversation::make_room(size_t tokens) {
  require(system_.size() + tokens <= engine_.context(), ErrorCode::usage,
          "message: takes {} tokens with room for an answer and {} of instructions, the context holds {}; "
          "shorten it",
          tokens, system_.size(), engine_.context());
  size_t dropped = 0;
  while (this->tokens() + tokens > engine_.context()) turns_.erase(turns_.begin()), ++dropped;
  if (dropped > 0) restart();
  return dropped;
}

Reply Conversation::say(const std::string& message, FunctionRef<bool(std::string_view piece)> on_text) {
  const ChatMessage messages[] = {{ChatRole::user, message}};
  std::vector<int32_t> turn = format_.prompt(messages);
  // Room for the answer, what closes it, and the token that ends the context.
  const size_t answer = std::min(static_cast<size_t>(settings_.max_tokens), engine_.context() / 4);
  const auto turns_before = turns_;
  const Sequence before = sequence_;
  try {
    Reply reply;
    reply.dropped_turns = make_room(turn.size() + answer + 2 + line_end_.size());
    engine_.extend(sequence_, turn);
    reply.generation = generate(engine_, sequence_, tokenizer_, settings_, on_text);
    turn.insert(turn.end(), reply.generation.ids.begin(), reply.generation.ids.end());
    std::vector<int32_t> closing = line_end_;
    if (turn.back() != format_.turn_end()) closing.insert(closing.begin(), format_.turn_end());
    turn.insert(turn.end(), closing.begin(), closing.end());
    turns_.push_back(std::move(turn));
    // An answer that ran into the end of the context leaves no room to close it; the next message makes some.
    if (engine_.room(sequence_) > closing.size()) engine_.extend(sequence_, closing);
    return reply;
  } catch (...) {
    turns_ = turns_before;
    sequence_ = before;
    throw;
  }
}

}  // namespace bantam
