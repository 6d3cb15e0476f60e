#include "infer/engine.h"

#include <algorithm>

#include "base/threads.h"

namespace bantam {

Engine::Engine(const Decoder& model, const EngineOptions& options) : model_(model), options_(options) {
  const ModelConfig& config = model.config();
  context_ = options.context != 0 ? options.context : static_cast<size_t>(config.context);
  vocab_ = options.vocab != 0 ? options.vocab : static_cast<size_t>(config.vocab);
  require(vocab_ <= static_cast<size_t>(config.vocab), ErrorCode::invalid,
          "tokenizer: has {} tokens, the model knows {}; it belongs to another model", vocab_, config.vocab);
  if (!config.loop.halt) options_.halt_threshold.reset();
  options_.chunk = std::max<size_t>(1, options_.chunk);
}

void Engine::extend(Sequence& sequence, std::span<const int32_t> ids) const {
  const size_t total = sequence.length() + ids.size();
  require(total < context_, ErrorCode::usage,
          "prompt: takes {} tokens, the context holds {} with at least one to come; shorten it, or raise "
          "--ctx-size",
          total, context_);
  for (const int32_t id : ids)
    require(id >= 0 && id < model_.config().vocab, ErrorCode::usage,
            "prompt: {} is not a token of the model, which has {}", id, model_.config().vocab);
  sequence.ids_.insert(sequence.ids_.end(), ids.begin(), ids.end());
}

// Runs whole chunks over what is not remembered yet, until every sequence has at most one chunk left.
void Engine::run_all_but_a_chunk(std::span<Sequence* const> sequences) {
  while (!model_.whole_sequence()) {
    std::vector<Feed> feeds;
    for (Sequence* s : sequences)
      if (s->length() - s->remembered() > options_.chunk)
        feeds.push_back({&s->memory_, s->ids().subspan(s->remembered(), options_.chunk)});
    if (feeds.empty()) return;
    feed(model_, feeds);
  }
}

std::vector<NextToken> Engine::next(std::span<Sequence* const> sequences) {
  run_all_but_a_chunk(sequences);
  const TeamStep team;
  std::vector<Feed> feeds;
  std::vector<size_t> rows;
  size_t total = 0;
  for (Sequence* s : sequences) {
    BANTAM_ASSERT(s->remembered() < s->length() && s->length() < context_);
    feeds.push_back({&s->memory_, s->ids().subspan(s->remembered())});
    total += feeds.back().ids.size();
    rows.push_back(total - 1);
  }
  const std::vector<ReadOut> outs = feed(model_, feeds);
  if (model_.whole_sequence())
    for (Sequence* s : sequences) s->memory_ = SequenceMemory(model_.compute());
  const std::vector<int32_t> steps = exit_steps(outs, rows, options_.halt_threshold);
  const Tensor logits = logits_at(model_, outs, rows, steps);
  std::vector<NextToken> chosen;
  for (size_t i = 0; i < sequences.size(); ++i) {
    Sequence& s = *sequences[i];
    const std::span<const float> row(logits.mat().row<float>(i), vocab_);
    const Choice choice = sampler_.choose(row, s.ids_, s.sampling, s.length());
    s.ids_.push_back(choice.token);
    chosen.push_back({choice.token, steps[i], choice.fell_back});
  }
  return chosen;
}

NextToken Engine::next(Sequence& sequence) {
  Sequence* const one[] = {&sequence};
  return next(one).front();
}

}  // namespace bantam
