#include "infer/engine.h"

#include <algorithm>
#include <numeric>

#include "base/threads.h"
#include "ops/pick_rows.h"
#include "tensor/copy.h"

namespace bantam {

Engine::Engine(const Decoder& model, const EngineOptions& options) : model_(model), options_(options) {
  const ModelConfig& config = model.config();
  context_ = options.context != 0 ? options.context : static_cast<size_t>(config.context);
  vocab_ = options.vocab != 0 ? options.vocab : static_cast<size_t>(config.vocab);
  require(vocab_ <= static_cast<size_t>(config.vocab), ErrorCode::invalid,
          "tokenizer: has {} tokens, the model knows {}; it belongs to another model", vocab_, config.vocab);
  if (!config.loop.halt) options_.halt_threshold.reset();
  options_.chunk = std::max<size_t>(1, options_.chunk);
  const size_t heads = static_cast<size_t>(config.heads.mtp.k) - 1;
  require(options.drafts <= heads, ErrorCode::usage,
          "drafts: {} wanted, the model has heads for {} (heads.mtp.k is {})", options.drafts, heads,
          config.heads.mtp.k);
  require(options.drafts == 0 || !model.whole_sequence(), ErrorCode::unsupported,
          "drafts: this model needs whole sequences, so that no pass can stand for several tokens");
  draft_counts_ = {std::vector<uint64_t>(options.drafts), std::vector<uint64_t>(options.drafts)};
}

void Engine::require_room(size_t total) const {
  require(total < context_, ErrorCode::usage,
          "prompt: takes {} tokens, the context holds {} with at least one to come; shorten it, or raise "
          "--ctx-size",
          total, context_);
}

void Engine::extend_image(Sequence& sequence, std::vector<uint8_t> pixels) const {
  const auto& images = model_.config().embed.patches;
  require(images.has_value(), ErrorCode::usage,
          "image: this model takes none: it has no chart-patch encoder (embed.patches of its config)");
  const size_t size = static_cast<size_t>(images->image_size),
               patches = static_cast<size_t>(images->patches());
  require(sequence.length() == 0, ErrorCode::usage,
          "image: stands before the text, and this sequence has {} tokens", sequence.length());
  require_room(patches);
  BANTAM_ASSERT(pixels.size() == size * size * 3);
  sequence.images_.push_back({0, patches, std::make_shared<const std::vector<uint8_t>>(std::move(pixels))});
  sequence.ids_.assign(patches, -1);
}

void Engine::extend(Sequence& sequence, std::span<const int32_t> ids) const {
  require_room(sequence.length() + ids.size());
  for (const int32_t id : ids)
    require(id >= 0 && id < model_.config().vocab, ErrorCode::usage,
            "prompt: {} is not a token of the model, which has {}", id, model_.config().vocab);
  sequence.ids_.insert(sequence.ids_.end(), ids.begin(), ids.end());
  sequence.drafts_.clear();
}

// Runs whole chunks over what is not remembered yet, until every sequence has at most one chunk left.
void Engine::run_all_but_a_chunk(std::span<Sequence* const> sequences) {
  while (!model_.whole_sequence()) {
    std::vector<Feed> feeds;
    for (Sequence* s : sequences)
      if (s->length() - s->remembered() > options_.chunk)
        feeds.push_back({&s->memory_, s->ids().subspan(s->remembered(), options_.chunk), s->images_});
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
    feeds.push_back({&s->memory_, s->ids().subspan(s->remembered()), s->images_});
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
    sequences[i]->drafts_.clear();
    chosen.push_back(choose(*sequences[i], logits.mat().row<float>(i), steps[i]));
  }
  return chosen;
}

NextToken Engine::choose(Sequence& s, const float* logits, int32_t exit_step) {
  const Choice choice = sampler_.choose({logits, vocab_}, s.ids_, s.sampling, s.length());
  s.ids_.push_back(choice.token);
  return {choice.token, exit_step, choice.fell_back};
}

// The likeliest token two, three … positions behind that of `row`.
std::vector<int32_t> Engine::drafts_after(const Tensor& hidden, size_t row) const {
  if (options_.drafts == 0) return {};
  const size_t one[] = {row};
  const Tensor last = pick_rows(hidden, one);
  Output several(options_.drafts, hidden.cols(), hidden.dtype(), hidden.device());
  for (size_t i = 0; i < options_.drafts; ++i)
    copy(hidden.device(), model_.ahead_hidden(last, i + 2).mat(), several.mat().slice_rows(i, 1));
  const Tensor logits = model_.logits(constant("rows of the draft heads", std::move(several)));
  std::vector<int32_t> drafts;
  for (size_t i = 0; i < options_.drafts; ++i) {
    const float* of = logits.mat().row<float>(i);
    drafts.push_back(static_cast<int32_t>(std::max_element(of, of + vocab_) - of));
  }
  return drafts;
}

std::vector<NextToken> Engine::next_drafted(Sequence& s, size_t most, FunctionRef<bool(int32_t)> is_last) {
  BANTAM_ASSERT(most > 0 && s.remembered() < s.length() && s.length() < context_);
  Sequence* const one[] = {&s};
  run_all_but_a_chunk(one);
  const TeamStep team;
  // Behind each draft that stands another token is chosen.
  s.drafts_.resize(std::min({s.drafts_.size(), most - 1, context_ - s.length() - 1}));
  const std::vector<int32_t> drafts = std::move(s.drafts_);
  std::vector<int32_t> ids(s.ids_.begin() + static_cast<ptrdiff_t>(s.remembered()), s.ids_.end());
  const size_t before = s.remembered(), own = ids.size();
  ids.insert(ids.end(), drafts.begin(), drafts.end());
  const SequenceMemory saved = drafts.empty() ? SequenceMemory(model_.compute()) : s.memory_.fork();
  const Feed feeds[] = {{&s.memory_, ids, s.images_}};
  const std::vector<ReadOut> outs = feed(model_, feeds);
  if (model_.whole_sequence()) s.memory_ = SequenceMemory(model_.compute());
  std::vector<size_t> rows(drafts.size() + 1);
  std::iota(rows.begin(), rows.end(), own - 1);
  const std::vector<int32_t> steps = exit_steps(outs, rows, options_.halt_threshold);
  const Tensor logits = logits_at(model_, outs, rows, steps);

  std::vector<NextToken> chosen;
  size_t stood = 0;
  for (bool go_on = true; go_on; stood += go_on ? 1 : 0) {
    chosen.push_back(choose(s, logits.mat().row<float>(stood), steps[stood]));
    if (stood == drafts.size()) break;
    go_on = chosen.back().id == drafts[stood];
    ++draft_counts_.seen[stood];
    draft_counts_.stood[stood] += go_on ? 1 : 0;
    go_on = go_on && !is_last(chosen.back().id);
  }
  // What did not stand is forgotten; where a state cannot go back, what stood runs once more, in the next pass.
  if (const size_t length = before + own + stood; length < s.remembered()) {
    if (s.memory_.can_truncate(length))
      s.memory_.truncate(length);
    else
      s.memory_ = saved;
  }
  s.drafts_ = drafts_after(outs.back().hidden, rows[stood]);
  return chosen;
}

void Engine::truncate(Sequence& s, size_t length) const {
  BANTAM_ASSERT(length <= s.length());
  s.ids_.resize(length);
  std::erase_if(s.images_, [&](const SequenceImage& image) { return image.start >= length; });
  for (SequenceImage& image : s.images_) image.patches = std::min(image.patches, length - image.start);
  s.drafts_.clear();
  // The last token is always run anew, for what follows it.
  const size_t wanted = length > 0 ? length - 1 : 0;
  if (s.remembered() <= wanted) return;
  if (s.memory_.can_truncate(wanted))
    s.memory_.truncate(wanted);
  else
    s.memory_ = SequenceMemory(model_.compute());
}

NextToken Engine::next(Sequence& sequence) {
  Sequence* const one[] = {&sequence};
  return next(one).front();
}

}  // namespace bantam
