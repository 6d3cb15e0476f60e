// Continues a prompt token by token, and shows what else could have been said.
//
//   generate MODEL PROMPT [TOKENS]
//
// Text alone takes one call: generate() of infer/generate.h, or Continuation, which stops at texts as well.
#include <algorithm>
#include <cstdio>
#include <string>

#include "infer/engine.h"
#include "infer/text_model.h"

using namespace bantam;

static void run(const std::string& folder, const std::string& prompt, size_t tokens) {
  // The decoder, its tokenizer, and how its makers would sample from it.
  const TextModel model = open_text_model(folder);
  SamplingSettings sampling = model.settings.sampling;
  sampling.seed = 17;  // the same seed says the same, on any number of threads

  // A sequence knows its tokens and what the model remembers of them. It is a value: a copy goes on by itself.
  Engine engine(model.decoder(), model.engine_options());
  Sequence sequence = engine.begin(sampling);
  engine.extend(sequence, prompt_ids(model.tokenizer, prompt));
  const size_t prompt_tokens = sequence.length();

  // Bytes are held back until they are whole characters.
  DecodeStream text(model.tokenizer, true);
  const auto& ends = model.settings.stop_token_ids;
  const auto show = [](const std::string& piece) {
    std::fputs(piece.c_str(), stdout);
    std::fflush(stdout);
  };
  show(prompt);
  for (size_t i = 0; i < tokens && engine.room(sequence) > 0; ++i) {
    const NextToken next = engine.next(sequence);
    if (std::find(ends.begin(), ends.end(), next.id) != ends.end()) break;
    show(text.push(next.id));
  }
  show(text.finish() + "\n");

  // Back to the prompt, five times over. Sequences share passes, and what they remember of the prompt.
  engine.truncate(sequence, prompt_tokens);
  std::vector<Sequence> forks(5, sequence);
  std::vector<Sequence*> together;
  for (Sequence& fork : forks) {
    fork.sampling.seed = 100 + together.size();
    together.push_back(&fork);
  }
  std::printf("or next:");
  for (const NextToken& next : engine.next(together)) {
    const TokenId id[] = {next.id};
    std::printf(" \"%s\"", model.tokenizer.decode(id).c_str());
  }
  std::printf("\n");
}

int main(int count, char** words) try {
  require(count == 3 || count == 4, ErrorCode::usage, "usage: generate MODEL PROMPT [TOKENS]");
  run(words[1], words[2], count > 3 ? std::stoul(words[3]) : 60);
} catch (const std::exception& error) {
  std::fprintf(stderr, "generate: %s\n", error.what());
  return 1;
}
