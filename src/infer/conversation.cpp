#include "infer/conversation.h"

#include <algorithm>

namespace bantam {

Conversation::Conversation(Engine& engine, const Tokenizer& tokenizer, GenerationSettings settings,
                           const std::string& system, const std::string& category)
    : engine_(engine),
      tokenizer_(tokenizer),
      format_(tokenizer, category),
      settings_(std::move(settings)),
      opening_(format_.opening(system)),
      sequence_(engine.begin(settings_.sampling)) {
  settings_.stop_token_ids.push_back(format_.turn_end());
  restart();
}

// Begins the sequence anew from what is kept; the next turn runs over it.
void Conversation::restart() {
  sequence_ = engine_.begin(settings_.sampling);
  engine_.extend(sequence_, opening_);
  for (const std::vector<int32_t>& turn : turns_) engine_.extend(sequence_, turn);
}

void Conversation::reset() {
  turns_.clear();
  restart();
}

size_t Conversation::tokens() const {
  size_t count = opening_.size();
  for (const std::vector<int32_t>& turn : turns_) count += turn.size();
  return count;
}

// Drops the oldest turns until `tokens` more fit; returns how many.
size_t Conversation::make_room(size_t tokens) {
  require(opening_.size() + tokens <= engine_.context(), ErrorCode::usage,
          "message: takes {} tokens with room for an answer and {} of instructions, the context holds {}; "
          "shorten it",
          tokens, opening_.size(), engine_.context());
  size_t dropped = 0;
  while (this->tokens() + tokens > engine_.context()) turns_.erase(turns_.begin()), ++dropped;
  if (dropped > 0) restart();
  return dropped;
}

Reply Conversation::say(const std::string& message, FunctionRef<bool(std::string_view piece)> on_text) {
  std::vector<int32_t> turn = format_.turn(message);
  // Room for the answer, what closes it, and the token that ends the context.
  const size_t answer = std::min(static_cast<size_t>(settings_.max_tokens), engine_.context() / 4);
  const auto turns_before = turns_;
  const Sequence before = sequence_;
  try {
    Reply reply;
    reply.dropped_turns = make_room(turn.size() + answer + 1 + format_.closed({}).size());
    engine_.extend(sequence_, turn);
    const Sequence asked = sequence_;
    reply.generation = generate(engine_, sequence_, tokenizer_, settings_, on_text);
    const std::vector<int32_t>& said = reply.generation.ids;
    const std::vector<int32_t> closed = format_.closed(said);
    turn.insert(turn.end(), closed.begin(), closed.end());
    turns_.push_back(std::move(turn));
    // The form may leave out the last token said; then the answer is remembered anew.
    const bool goes_on = closed.size() >= said.size() && std::equal(said.begin(), said.end(), closed.begin());
    if (!goes_on) sequence_ = asked;
    const std::span<const int32_t> rest = std::span(closed).subspan(goes_on ? said.size() : 0);
    // An answer that ran into the end of the context leaves no room to close it; the next message makes some.
    if (engine_.room(sequence_) > rest.size()) engine_.extend(sequence_, rest);
    return reply;
  } catch (...) {
    turns_ = turns_before;
    sequence_ = before;
    throw;
  }
}

}  // namespace bantam
