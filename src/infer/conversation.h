// A conversation with a model that remembers it: a turn runs only what is new. When the context is full the
// oldest turns are dropped whole, and the caller is told.
#pragma once
#include <string>
#include <vector>

#include "infer/generate.h"
#include "text/chat.h"

namespace bantam {

struct Reply {
  Generation generation;
  size_t dropped_turns = 0;  // forgotten to make room for this one
};

// The engine must outlive it.
class Conversation {
 public:
  // unsupported: the tokenizer has no form for conversations. system: instructions that always stay; may be
  // empty. category: of forms that have one (text/chat.h); usage: the tokenizer does not have it.
  Conversation(Engine& engine, const Tokenizer& tokenizer, GenerationSettings settings,
               const std::string& system = "", const std::string& category = "");

  // The user's message and the answer to it. usage: the message does not fit even alone. After an error the
  // conversation is as it was before.
  Reply say(const std::string& message, FunctionRef<bool(std::string_view piece)> on_text);
  void reset();  // to the instructions alone
  size_t turns() const { return turns_.size(); }
  size_t tokens() const;  // of all that is remembered

 private:
  size_t make_room(size_t tokens);
  void restart();

  Engine& engine_;
  Tokenizer tokenizer_;
  ChatFormat format_;
  GenerationSettings settings_;
  std::vector<int32_t> opening_;             // with the instructions
  std::vector<std::vector<int32_t>> turns_;  // message, answer and what closes it
  Sequence sequence_;                        // holds opening_ and all turns_
};

}  // namespace bantam
