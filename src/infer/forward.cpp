#include "infer/forward.h"

#include <algorithm>
#include <cmath>

#include "tensor/copy.h"

namespace bantam {

namespace {

// The patches of a sequence's images that are among the ids of its feed, whose first row of the pass is `begin`.
void add_images(const Feed& f, size_t begin, Pass& pass) {
  const size_t first = f.memory->length(), end = first + f.ids.size();
  for (const SequenceImage& image : f.images) {
    const size_t from = std::max(first, image.start), to = std::min(end, image.start + image.patches);
    if (from < to) pass.add_image(begin + from - first, from - image.start, to - from, image.pixels->data());
  }
}

}  // namespace

std::vector<ReadOut> feed(const Decoder& model, std::span<const Feed> feeds, const Pass::Observer& observer) {
  std::vector<int32_t> ids;
  Segments segments;
  std::vector<SequenceMemory*> memories;
  for (const Feed& f : feeds) {
    BANTAM_ASSERT(!f.ids.empty() && f.memory != nullptr);
    require(!model.whole_sequence() || f.memory->length() == 0, ErrorCode::invalid,
            "this model needs each sequence as a whole, and {} tokens of one were run before",
            f.memory->length());
    segments.push_back({ids.size(), f.ids.size()});
    ids.insert(ids.end(), f.ids.begin(), f.ids.end());
    memories.push_back(f.memory);
  }
  Pass pass(std::move(ids), std::move(segments), std::move(memories), model.compute());
  for (size_t i = 0; i < feeds.size(); ++i) add_images(feeds[i], pass.segments()[i].start, pass);
  pass.observer = observer;
  std::vector<ReadOut> outs = model.read_outs(pass);
  for (const Feed& f : feeds) f.memory->advance(f.ids.size());
  return outs;
}

std::vector<int32_t> exit_steps(const std::vector<ReadOut>& outs, std::span<const size_t> rows,
                                std::optional<double> threshold) {
  const int32_t last = static_cast<int32_t>(outs.size()) - 1;
  std::vector<int32_t> steps(rows.size(), last);
  if (!threshold) return steps;
  for (size_t i = 0; i < rows.size(); ++i)
    for (int32_t step = last - 1; step >= 0; --step) {
      const float z = *outs[static_cast<size_t>(step)].halt_logit.mat().row<float>(rows[i]);
      if (1 / (1 + std::exp(-static_cast<double>(z))) >= *threshold) steps[i] = step;
    }
  return steps;
}

Tensor logits_at(const Decoder& model, const std::vector<ReadOut>& outs, std::span<const size_t> rows,
                 std::span<const int32_t> steps) {
  const Tensor& any = outs.back().hidden;
  Output hidden(rows.size(), any.cols(), any.dtype(), any.device());
  for (size_t i = 0; i < rows.size(); ++i)
    copy(any.device(), outs[static_cast<size_t>(steps[i])].hidden.mat().slice_rows(rows[i], 1),
         hidden.mat().slice_rows(i, 1));
  return model.logits(constant("rows picked to read out", std::move(hidden)));
}

}  // namespace bantam
