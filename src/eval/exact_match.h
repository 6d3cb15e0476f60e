// Questions with one right answer: a model is right when what it says, trimmed, is that answer to the letter.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "infer/engine.h"
#include "text/chat.h"

namespace bantam {

struct ChatQuestion {
  std::vector<ChatMessage> messages;  // ends with the user's turn
  std::string answer;
};

struct ExactMatch {
  size_t asked = 0, right = 0;
  std::vector<std::string> said;  // what the model answered, by question

  double share() const { return asked == 0 ? 0 : static_cast<double>(right) / static_cast<double>(asked); }
  double standard_error() const;  // of the share, binomial
};

// Asks greedily, many questions at a time; an answer ends at the end of its turn or after `max_tokens`.
// progress(done) may be empty.
ExactMatch exact_match(const Decoder& model, const Tokenizer& tokenizer,
                       const std::vector<ChatQuestion>& questions, size_t max_tokens,
                       const std::function<void(size_t)>& progress = {});

}  // namespace bantam
