// How surprising a text is to a model: each token with its bits, −log₂ p(token | those before), and all of it in bits per
// byte, by which models with different tokenizers compare.
//
//   score MODEL TEXT
#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>

#include "infer/score.h"
#include "infer/text_model.h"

using namespace bantam;

static void run(const std::string& folder, const std::string& text) {
  const TextModel model = open_text_model(folder);
  const std::vector<TokenId> ids = model.tokenizer.encode(text);
  require(ids.size() > 1, ErrorCode::usage,
          "the text is {} tokens; wanted at least two: the first is given, not predicted", ids.size());

  double bits = 0;
  size_t bytes = 0;
  const std::vector<double> log_p = log_probabilities(model.decoder(), ids);
  for (size_t t = 0; t < log_p.size(); ++t) {
    const TokenId id[] = {ids[t + 1]};
    const double surprise = -log_p[t] / std::numbers::ln2;
    std::printf("%8.3f  \"%s\"\n", surprise, model.tokenizer.decode(id).c_str());
    bits += surprise;
    bytes += model.tokenizer.token_bytes(ids[t + 1]).size();
  }
  std::printf("%.3f bits in %zu tokens, %.4f bits per byte\n", bits, log_p.size(),
              bits / static_cast<double>(bytes));
}

int main(int count, char** words) try {
  require(count == 3, ErrorCode::usage, "usage: score MODEL TEXT");
  run(words[1], words[2]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "score: %s\n", error.what());
  return 1;
}
