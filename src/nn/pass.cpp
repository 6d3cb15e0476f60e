#include "nn/pass.h"

#include <utility>

#include "memory/memory.h"
#include "ops/derf_attention.h"
#include "ops/token_shift.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

std::vector<int32_t> positions_of(const Segments& segments, const std::vector<SequenceMemory*>& memories,
                                  size_t rows) {
  std::vector<int32_t> positions;
  for (size_t s = 0; s < segments.size(); ++s) {
    BANTAM_ASSERT(segments[s].start == positions.size());
    const size_t first = memories.empty() ? 0 : memories[s]->length();
    for (size_t i = 0; i < segments[s].length; ++i) positions.push_back(static_cast<int32_t>(first + i));
  }
  BANTAM_ASSERT(positions.size() == rows);
  return positions;
}

}  // namespace

Pass::Pass(std::vector<int32_t> ids, Segments segments, Device device, Dtype branch)
    : ids_(std::move(ids)), segments_(std::move(segments)), device_(device), branch_(branch) {
  positions_ = positions_of(segments_, {}, ids_.size());
}

Pass::Pass(std::vector<int32_t> ids, Segments segments, std::vector<SequenceMemory*> memories, Dtype branch)
    : ids_(std::move(ids)),
      segments_(std::move(segments)),
      memories_(std::move(memories)),
      device_(Device::cpu),
      branch_(branch) {
  BANTAM_ASSERT(memories_.size() == segments_.size() && !memories_.empty());
  positions_ = positions_of(segments_, memories_, ids_.size());
}

void Pass::add_image(size_t row, size_t first_patch, size_t count, const uint8_t* pixels) {
  BANTAM_ASSERT(row + count <= rows() && (patches_.empty() || patches_.back().row < row));
  for (size_t i = 0; i < count; ++i) {
    BANTAM_ASSERT(ids_[row + i] == -1);
    patches_.push_back({row + i, first_patch + i, pixels});
  }
}

// Adds the new rows to what is remembered and gives all of it.
std::vector<KeyValueView> Pass::remember(const Tensor& k, const Tensor& v, const AttentionShape& shape) {
  std::vector<KeyValueView> past;
  const MemorySlot slot{loop_step_, layer_, "kv"};
  for (size_t s = 0; s < segments_.size(); ++s) {
    const auto [start, length] = segments_[s];
    past.push_back(memories_[s]->append(slot, k.mat().slice_rows(start, length),
                                        v.mat().slice_rows(start, length), shape.window));
  }
  return past;
}

Tensor Pass::attend(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionShape& shape) {
  return decoding() ? attention_over(q, remember(k, v, shape), shape, segments_)
                    : attention(q, k, v, shape, segments_);
}

Tensor Pass::attend(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionShape& shape,
                    const DerfWeights& derf) {
  return decoding() ? derf_attention_over(q, remember(k, v, shape), derf, shape, segments_)
                    : derf_attention(q, k, v, derf, shape, segments_);
}

std::vector<float*> Pass::state(std::string_view name, size_t count) {
  std::vector<float*> states;
  for (SequenceMemory* memory : memories_)
    states.push_back(memory->state(MemorySlot{loop_step_, layer_, std::string(name)}, count));
  return states;
}

void Pass::penalty(std::string_view name, const Tensor& root, double weight) {
  penalties_.push_back({std::string(name), root, weight});
}

void Pass::report(std::string_view name, double value) {
  if (!replaying_) reports_[std::string(name)] += value;
}

void Pass::tally(Weight& buffer, std::span<const uint64_t> counts) {
  if (Tape::current() == nullptr || replaying_) return;
  buffer.tally.resize(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) buffer.tally[i] += static_cast<double>(counts[i]);
}

void Pass::observe(std::string_view what, std::span<const int32_t> choices, size_t per_row) const {
  if (observer && !replaying_) observer(what, layer_, loop_step_, per_row, choices);
}

Tensor Pass::shifted(std::string_view name, const Tensor& x) {
  const std::vector<float*> last = state(name, x.cols());
  return last.empty() ? token_shift(x, segments_) : token_shift_step(x, segments_, last);
}

void Pass::carry(std::string_view name, const Tensor& x) { carried_[std::string(name)] = {x, true}; }

const Tensor& Pass::carried(std::string_view name) const {
  const auto found = carried_.find(name);
  require(found != carried_.end(), ErrorCode::invalid, "layer {}: takes {}, which no layer before it gives",
          layer_, name);
  return found->second.value;
}

Tensor Pass::replayed(const Tensor& x, std::function<Tensor(const Tensor&)> f) {
  if (Tape::current() == nullptr) return f(x);
  std::vector<Tensor> inputs = {x};
  std::vector<std::string> taken;
  for (const auto& [name, carried] : carried_) inputs.push_back(carried.value), taken.push_back(name);
  const auto given = std::make_shared<std::vector<std::string>>();  // names of y[1], y[2], …
  const std::vector<Tensor> results =
      checkpoint(inputs, [this, f = std::move(f), taken, given](const std::vector<Tensor>& in, bool replaying,
                                                                std::vector<Tensor>& roots) {
        const size_t before = penalties_.size();
        replaying_ = replaying;
        const auto outside = std::exchange(carried_, {});
        for (size_t i = 0; i < taken.size(); ++i) carried_[taken[i]] = {in[i + 1], false};
        std::vector<Tensor> y = {f(in.front())};
        given->clear();
        for (const auto& [name, carried] : carried_)
          if (carried.fresh) y.push_back(carried.value), given->push_back(name);
        carried_ = outside;
        for (size_t i = before; i < penalties_.size(); ++i) roots.push_back(penalties_[i].root);
        if (replaying) penalties_.resize(before);  // reported on the way forward
        replaying_ = false;
        return y;
      });
  for (size_t i = 0; i < given->size(); ++i) carry((*given)[i], results[i + 1]);
  return results.front();
}

}  // namespace bantam
