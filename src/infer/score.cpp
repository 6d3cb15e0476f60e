#include "infer/score.h"

#include <algorithm>
#include <cmath>

#include "base/function_ref.h"
#include "base/threads.h"
#include "infer/forward.h"
#include "tensor/copy.h"

namespace bantam {
namespace {

constexpr size_t kPiece = 256;  // rows whose logits are held at a time

void require_tokens(const Decoder& model, std::span<const int32_t> ids) {
  const ModelConfig& config = model.config();
  require(!ids.empty() && ids.size() <= static_cast<size_t>(config.context), ErrorCode::usage,
          "ids: are {}, wanted 1 to {}, the model's context", ids.size(), config.context);
  for (const int32_t id : ids)
    require(id >= 0 && id < config.vocab, ErrorCode::usage,
            "ids: {} is not a token of the model, which has {}", id, config.vocab);
}

// Calls take(begin, hidden) for piece after piece of the hidden states, of at most kPiece rows.
void for_each_piece(const Decoder& model, std::span<const int32_t> ids,
                    FunctionRef<void(size_t begin, ConstMat hidden)> take) {
  const size_t together = model.whole_sequence() ? ids.size() : kPiece;
  SequenceMemory memory(model.compute());
  for (size_t begin = 0; begin < ids.size(); begin += together) {
    const Feed feeds[] = {{&memory, ids.subspan(begin, std::min(together, ids.size() - begin))}};
    const Tensor hidden = feed(model, feeds).back().hidden;
    for (size_t row = 0; row < hidden.rows(); row += kPiece)
      take(begin + row, hidden.mat().slice_rows(row, std::min(kPiece, hidden.rows() - row)));
  }
}

Tensor logits_of_piece(const Decoder& model, ConstMat hidden) {
  Output rows(hidden.rows, hidden.cols, hidden.dtype, model.device());
  copy(model.device(), hidden, rows.mat());
  return model.logits(constant("hidden states of given tokens", std::move(rows)));
}

double log_probability(std::span<const float> logits, int32_t id) {
  const double largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
  return static_cast<double>(logits[static_cast<size_t>(id)]) - largest - std::log(sum);
}

}  // namespace

Tensor logits_of(const Decoder& model, std::span<const int32_t> ids) {
  require_tokens(model, ids);
  const Device device = model.device();
  Output hidden;
  for_each_piece(model, ids, [&](size_t begin, ConstMat piece) {
    if (begin == 0) hidden = Output(ids.size(), piece.cols, piece.dtype, device);
    copy(device, piece, hidden.mat().slice_rows(begin, piece.rows));
  });
  return model.logits(constant("hidden states of given tokens", std::move(hidden)));
}

std::vector<double> log_probabilities(const Decoder& model, std::span<const int32_t> ids) {
  require_tokens(model, ids);
  std::vector<double> result(ids.size() - 1);
  for_each_piece(model, ids, [&](size_t begin, ConstMat piece) {
    const Tensor logits = logits_of_piece(model, piece);
    parallel_for(std::min(piece.rows, result.size() - std::min(begin, result.size())), [&](size_t row) {
      const std::span<const float> of(logits.mat().row<float>(row), logits.cols());
      result[begin + row] = log_probability(of, ids[begin + row + 1]);
    });
  });
  return result;
}

}  // namespace bantam
