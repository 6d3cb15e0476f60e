#include "eval/exact_match.h"

#include <cmath>

namespace bantam {
namespace {

constexpr size_t kTogether = 16;

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \n\t\r"), end = text.find_last_not_of(" \n\t\r");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

}  // namespace

double ExactMatch::standard_error() const {
  return asked == 0 ? 0 : std::sqrt(share() * (1 - share()) / static_cast<double>(asked));
}

ExactMatch exact_match(const Decoder& model, const Tokenizer& tokenizer,
                       const std::vector<ChatQuestion>& questions, size_t max_tokens,
                       const std::function<void(size_t)>& progress) {
  const ChatFormat chat(tokenizer);
  EngineOptions options;
  options.vocab = tokenizer.vocab_size();
  Engine engine(model, options);
  SamplingSettings greedy;
  greedy.temperature = 0;

  ExactMatch result;
  for (size_t first = 0; first < questions.size(); first += kTogether) {
    const size_t count = std::min(kTogether, questions.size() - first);
    std::vector<Sequence> sequences;
    std::vector<std::vector<TokenId>> answers(count);
    std::vector<size_t> open;
    for (size_t i = 0; i < count; ++i) {
      sequences.push_back(engine.begin(greedy));
      engine.extend(sequences[i], chat.prompt(questions[first + i].messages));
      open.push_back(i);
    }
    for (size_t step = 0; step < max_tokens && !open.empty(); ++step) {
      std::vector<Sequence*> running;
      for (const size_t i : open) running.push_back(&sequences[i]);
      const std::vector<NextToken> next = engine.next(running);
      std::vector<size_t> still_open;
      for (size_t j = 0; j < open.size(); ++j) {
        if (chat.ends_reply(next[j].id)) continue;
        answers[open[j]].push_back(next[j].id);
        if (engine.room(sequences[open[j]]) > 0) still_open.push_back(open[j]);
      }
      open = std::move(still_open);
    }
    for (size_t i = 0; i < count; ++i) {
      result.said.push_back(trimmed(tokenizer.decode(answers[i])));
      result.right += result.said.back() == trimmed(questions[first + i].answer) ? 1 : 0;
      ++result.asked;
    }
    if (progress) progress(result.asked);
  }
  return result;
}

}  // namespace bantam
