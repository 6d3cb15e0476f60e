// Continues sequences token by token. A sequence knows its tokens and what the model remembers of them; the
// engine runs what is not remembered yet and chooses the next token. Of a model that needs whole sequences nothing is
// remembered: every token runs all of its sequence. Laws: a sequence's tokens do not depend
// on what else is decoded in the same call, nor on how its prompt is cut, nor on drafts; a prompt that does not fit is
// refused, never cut.
//
// Drafts (self-speculative decoding; Leviathan et al. 2022, arXiv:2211.17192, Gloeckle et al. 2024, arXiv:2404.19737):
// the heads that predict further tokens propose some; the next pass runs them behind the token that was chosen, and those
// that the sampler would have chosen anyway stay. A draw is a function of its row's logits, so the text is the same.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/function_ref.h"
#include "infer/forward.h"
#include "infer/sampler.h"

namespace bantam {

struct EngineOptions {
  size_t context = 0;  // most tokens of a sequence; 0: the model's
  size_t chunk = 256;  // tokens of a prompt that one pass takes
  size_t vocab = 0;    // ids below this may be chosen, as many as the tokenizer has; 0: all
  std::optional<double> halt_threshold = {};  // of a looped model; absent: the last step counts
  size_t drafts = 0;                          // tokens proposed a pass, as many as the model has heads for
};

// How often the drafts of each head (2 … K) were looked at, that is when all before them stood, and stood themselves.
struct DraftCounts {
  std::vector<uint64_t> seen, stood;
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
  std::vector<int32_t> ids_;  // −1 for a patch of an image
  std::vector<SequenceImage> images_;
  std::vector<int32_t> drafts_;  // of the tokens after ids_
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
  // usage: more drafts than the model has heads for; unsupported: drafts of a model that needs whole sequences.
  Engine(const Decoder& model, const EngineOptions& options);

  const Decoder& model() const { return model_; }
  size_t context() const { return context_; }

  Sequence begin(const SamplingSettings& settings) const { return {settings, model_.compute()}; }
  // Adds tokens that the next call of next() runs over. usage: they do not fit the context, or are no tokens
  // of the model.
  void extend(Sequence& sequence, std::span<const int32_t> ids) const;
  // Puts an image before a sequence's text; each of its patches takes a position. pixels: [size, size, 3], as the model's
  // config says. usage: the model takes no images, it does not fit the context, or the sequence has begun.
  void extend_image(Sequence& sequence, std::vector<uint8_t> pixels) const;
  // Room for more tokens.
  size_t room(const Sequence& sequence) const { return context_ - sequence.length(); }

  // Chooses and adds the next token of each; results in their order. Every sequence has a token and room.
  std::vector<NextToken> next(std::span<Sequence* const> sequences);
  NextToken next(Sequence& sequence);
  // The next tokens of one sequence: at least one, at most `most` and one more than there are drafts, none behind one for
  // which `is_last` holds.
  std::vector<NextToken> next_drafted(Sequence& sequence, size_t most, FunctionRef<bool(int32_t)> is_last);
  const DraftCounts& draft_counts() const { return draft_counts_; }
  // Forgets the tokens from `length` on.
  void truncate(Sequence& sequence, size_t length) const;

 private:
  void require_room(size_t total) const;
  void run_all_but_a_chunk(std::span<Sequence* const> sequences);
  NextToken choose(Sequence& sequence, const float* logits, int32_t exit_step);
  std::vector<int32_t> drafts_after(const Tensor& hidden, size_t row) const;

  const Decoder& model_;
  EngineOptions options_;
  size_t context_, vocab_;
  DraftCounts draft_counts_;
  Sampler sampler_;
};

}  // namespace bantam
