// How well a model predicts text, in bits per byte: comparable between tokenizers, and with compressors.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/batches.h"
#include "model/decoder.h"
#include "text/tokenizer.h"

namespace bantam {

// Σ over predicted tokens. Control tokens cost bits and stand for no bytes; the first token of a document is given, not
// predicted, so its bytes do not count.
struct TextLoss {
  double nats = 0;
  uint64_t tokens = 0, bytes = 0;

  double bits_per_byte() const;
  double nats_per_token() const;
};

// What else is made of a batch's hidden states of the last read-out.
using HiddenObserver = std::function<void(const Batch& batch, const Tensor& hidden)>;

// Runs the model over the rows as they are drawn until `max_tokens` predictions are made (0: all). Looped models are judged at
// their last step. Deterministic. Of a model that needs whole sequences (Decoder::whole_sequence) this is no
// likelihood: every token is predicted by statistics that it is part of itself; the log says so once.
TextLoss text_loss(const Decoder& model, const OrderedRows& rows, const Tokenizer& tokenizer,
                   uint64_t max_tokens = 0, const HiddenObserver& also = {});

// The same for the model that knows only how often each token occurs in `split` of the packs, one added to each count.
TextLoss unigram_loss(const std::vector<const Pack*>& packs, const std::string& split,
                      const OrderedRows& rows, const Tokenizer& tokenizer, uint64_t max_tokens = 0);

}  // namespace bantam
