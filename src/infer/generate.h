// Text from a sequence: what a prompt is continued with, as it comes, until a reason to stop.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "infer/engine.h"
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

// Continues `sequence`, which takes the sampling settings given here. `on_text` is called after every token
// with the text that has become certain, maybe none, and says whether to go on. A stop text that is a special
// token of the tokenizer also stops at that token.
Generation generate(Engine& engine, Sequence& sequence, const Tokenizer& tokenizer,
                    const GenerationSettings& settings, FunctionRef<bool(std::string_view piece)> on_text);

}  // namespace bantam
