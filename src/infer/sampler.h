// From logits to a token. The steps, in this order, as Hugging Face applies them: repetition penalty,
// temperature, top-k, top-p, min-p, one draw. Laws: a draw is a pure function of the logits, the tokens
// before and (seed, position); among equals the lowest id comes first; what probabilities() says is what
// choose() draws from.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/describe.h"

namespace bantam {

enum class TopPRule {
  keep_crossing,  // the token that reaches the bound stays (Hugging Face, OpenAI)
  drop_crossing,  // it goes, unless it is the first; bounds outside (0, 1) are no bound (VUAF)
};
std::vector<std::string> names(const TopPRule*);

struct SamplingSettings {
  double temperature = 1;  // 0: greedy
  int64_t top_k = 0;       // 0 or -1: all; ties with the k-th stay
  double top_p = 1;        // Holtzman et al. 2019 (arXiv:1904.09751)
  TopPRule top_p_rule = TopPRule::keep_crossing;
  double min_p = 0;               // relative to the likeliest token; arXiv:2407.01082
  double repetition_penalty = 1;  // logits of tokens seen: divided when positive, multiplied when negative
  int64_t repetition_window = 0;  // of prompt and output, in tokens; 0: all
  std::optional<uint64_t> seed;   // absent: the caller draws one and says so
};
Schema schema(const SamplingSettings*);

struct Choice {
  int32_t token = 0;
  // The logits held NaN or infinity: the token is the largest of the finite ones.
  bool fell_back = false;
};

// Holds scratch memory only; one thread at a time.
class Sampler {
 public:
  // The token after `history` (prompt and output). position: its index in the sequence. The seed is 0 where
  // the settings have none. invalid: no logit is finite.
  Choice choose(std::span<const float> logits, std::span<const int32_t> history,
                const SamplingSettings& settings, uint64_t position);

  // The distribution that choose() draws from: one value for every logit, their sum 1. With temperature 0,
  // and after a fallback, all of it lies on one token. The view ends with the next call.
  std::span<const double> probabilities(std::span<const float> logits, std::span<const int32_t> history,
                                        const SamplingSettings& settings);

 private:
  void penalise(std::span<const int32_t> history, const SamplingSettings& settings);
  void keep_top_k(size_t k);
  void keep_top_p(double bound, TopPRule rule);
  std::optional<int32_t> largest() const;

  bool fell_back_ = false;
  std::vector<double> scores_;   // of every token; dropped ones are -infinity
  std::vector<double> weights_;  // e^((score − largest) / temperature)
  std::vector<int32_t> order_;
  std::vector<bool> seen_;
};

}  // namespace bantam
