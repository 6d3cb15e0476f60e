// One pass of a model over new tokens of some sequences, remembering them. Law: what a row reads out has the
// same bits however its sequence is cut into calls and whatever runs beside it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "memory/memory.h"
#include "model/decoder.h"

namespace bantam {

// An image at positions [start, start + patches) of a sequence, which have no tokens (id −1).
struct SequenceImage {
  size_t start = 0, patches = 0;
  std::shared_ptr<const std::vector<uint8_t>> pixels;  // [size, size, 3]
};

// Tokens that follow those the memory holds; at least one.
struct Feed {
  SequenceMemory* memory = nullptr;
  std::span<const int32_t> ids;
  std::span<const SequenceImage> images = {};  // of the whole sequence
};

// Runs the feeds as one packed batch, in their order, and advances the memories. Every loop step always runs.
// A model that needs whole sequences takes them from their start only (invalid otherwise).
// The result is the decoder's: one read-out for each loop step when the model halts, else one. When it
// throws, the memories are spoilt. observer: is shown the model's discrete choices.
std::vector<ReadOut> feed(const Decoder& model, std::span<const Feed> feeds,
                          const Pass::Observer& observer = {});

// The step whose read-out counts, for each of `rows`: the first whose halting hazard σ(halt_logit) reaches
// the threshold, else the last. No threshold: always the last.
std::vector<int32_t> exit_steps(const std::vector<ReadOut>& outs, std::span<const size_t> rows,
                                std::optional<double> threshold);

// Logits of `rows` (of the packed batch), each from its own step: [rows, V] f32.
Tensor logits_at(const Decoder& model, const std::vector<ReadOut>& outs, std::span<const size_t> rows,
                 std::span<const int32_t> steps);

}  // namespace bantam
