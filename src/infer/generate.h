// Text from a sequence: what a prompt is continued with, as it comes, until a reason to stop.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/progress.h"
#include "infer/engine.h"
#include "infer/stop_strings.h"
#include "text/tokenizer.h"

namespace bantam {

struct GenerationSettings {
  SamplingSettings sampling;
  int64_t max_tokens = 200;
  std::vector<std::string> stop;        // texts; they are not part of the result
  std::vector<int64_t> stop_token_ids;  // the end-of-text tokens among them
};
Schema schema(const GenerationSettings*);

enum class Finish { stop_token, stop_string, max_tokens, context, interrupted };
// As OpenAI's API calls it: "stop" or "length"; "interrupted" besides.
const char* name_of(Finish finish);

struct Generation {
  std::string text;
  std::vector<int32_t> ids;  // a stop token is the last of them; their text may go beyond a stop string
  std::vector<int32_t> exit_steps;  // of each, for a looped model
  Finish finish = Finish::max_tokens;
  size_t prompt_tokens = 0;      // of the whole sequence
  size_t prompt_tokens_run = 0;  // those that were not remembered yet
  size_t fallbacks = 0;          // tokens chosen from logits that held NaN or infinity
  double prompt_seconds = 0;     // up to the first token
  double seconds = 0;            // of all the others
};

// The ids of a text that a model is to continue; of none the token that ends texts, because a new one follows it.
// usage: the text is empty, and the tokenizer has no such token.
std::vector<TokenId> prompt_ids(const Tokenizer& tokenizer, std::string_view text,
                                Special special = Special::none);

// What continues `sequence`, one token a call, for a caller that asks for it. The engine and the sequence, which takes the
// sampling settings given here, outlive it. A stop text that is a special token of the tokenizer also stops at that token.
class Continuation {
 public:
  Continuation(Engine& engine, Sequence& sequence, const Tokenizer& tokenizer, GenerationSettings settings);

  // The text that became certain with one more token, maybe none. At the end comes what was held back, then nothing:
  // from then on the sequence holds what the result says.
  std::optional<std::string> next();
  // Nothing more is chosen: the next call is the last.
  void interrupt();
  // So far; whole once next() gave nothing.
  const Generation& result() const { return result_; }

 private:
  void run();
  std::string take(const NextToken& next);
  std::optional<std::string> end();
  bool stops_at(int32_t id) const;

  Engine& engine_;
  Sequence& sequence_;
  GenerationSettings settings_;
  std::vector<int32_t> stops_;
  DecodeStream decode_;
  StopStrings stop_strings_;
  size_t most_;
  std::vector<NextToken> chosen_;  // by the last pass
  size_t taken_ = 0;               // of them
  bool wanted_, ended_ = false;    // whether another token is; whether nothing comes any more
  Clock::time_point start_ = Clock::now();
  Generation result_;
};

// All of it. `on_text` is called after every token with the text that has become certain, maybe none, and says whether to
// go on.
Generation generate(Engine& engine, Sequence& sequence, const Tokenizer& tokenizer,
                    const GenerationSettings& settings, FunctionRef<bool(std::string_view piece)> on_text);

}  // namespace bantam
