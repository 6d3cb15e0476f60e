// Continues sequences token by token. A sequence knows its tokens and what the model remembers of them; the
// engine runs what is not remembered yet and chooses the next token. Of a model that needs whole sequences nothing is
// remembered: every token runs all of its sequence. Laws: a sequence's tokens do not depend
// on what else is decoded in the same call, nor on how its prompt is cut; a prompt that does not fit is
// refused, never cut.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "infer/forward.h"
#include "infer/sampler.h"

namespace bantam {

struct EngineOptions {
  size_t context = 0;                    // most tokens of a sequence; 0: the model's
  size_t chunk = 256;                    // tokens of a prompt that one pass takes
  size_t vocab = 0;                      // ids below this may be chosen, as many as the tokenizer has; 0: all
  std::optional<double> halt_threshold;  // of a looped model; absent: the last step counts
};

// A value: a copy goes on by itself, and assigning one back restores it.
class Sequence {
 public:
  Sequence(const SamplingSettings& settings, Dtype memory_dtype)
      : sampling(settings), memory_(memory_dtype) {}

  SamplingSettings sampling;

  std::span<const int32_t> ids() const { return ids_; }
  size_t length() const { return ids_.size(); }
  size_t remembered() const {
    return memory_.length();
  }  // the first tokens, those that the model has run over

 private:
  friend class Engine;
  std::vector<int32_t> ids_;
  SequenceMemory memory_;
};

struct NextToken {
  int32_t id = 0;
  int32_t exit_step = 0;   // of a looped model, from 0
  bool fell_back = false;  // the logits held NaN or infinity
};

// Not thread-safe; the model must outlive it.
class Engine {
 public:
  Engine(const Decoder& model, const EngineOptions& options);

  const Decoder& model() const { return model_; }
  size_t context() const { return context_; }

  Sequence begin(const SamplingSettings& settings) const { return {settings, model_.compute()}; }
  // Adds tokens that the next call of next() runs over. usage: they do not fit the context, or are no tokens
  // of the model.
  void extend(Sequence& sequence, std::span<const int32_t> ids) const;
  // Room for more tokens.
  size_t room(const Sequence& sequence) const { return context_ - sequence.length(); }

  // Chooses and adds the next token of each; results in their order. Every sequence has a token and room.
  std::vector<NextToken> next(std::span<Sequence* const> sequences);
  NextToken next(Sequence& sequence);

 private:
  void run_all_but_a_chunk(std::span<Sequence* const> sequences);

  const Decoder& model_;
  EngineOptions options_;
  size_t context_, vocab_;
  Sampler sampler_;
};

}  // namespace bantam
