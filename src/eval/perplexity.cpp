#include "eval/perplexity.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numbers>

#include "base/log.h"
#include "ops/cross_entropy.h"
#include "tensor/copy.h"
#include "train/decoder_learner.h"

namespace bantam {
namespace {

// Calls f(batch) for the rows as they are drawn; targets past `max_tokens` are struck out.
void for_each_batch(const OrderedRows& rows, uint64_t max_tokens,
                    const std::function<void(const Batch&)>& f) {
  uint64_t left = max_tokens == 0 ? UINT64_MAX : max_tokens;
  const uint64_t step = std::max<uint64_t>(1, kEvaluatedPositions / rows.length());
  for (uint64_t row = 0; row < rows.rows() && left > 0; row += step) {
    Batch batch = rows.draw(row, step);
    for (int32_t& target : batch.targets) {
      if (target < 0) continue;
      if (left == 0)
        target = -1;
      else
        --left;
    }
    f(batch);
  }
}

uint64_t target_bytes(const Batch& batch, const Tokenizer& tokenizer) {
  uint64_t bytes = 0;
  for (const int32_t target : batch.targets)
    if (target >= 0 && !tokenizer.is_special(target)) bytes += tokenizer.token_bytes(target).size();
  return bytes;
}

void warn_once_of_whole_sequences() {
  static std::once_flag warned;
  std::call_once(warned, [] {
    log_warning(
        "this model's norm sees the whole sequence, so its loss and bits per byte are no likelihood: they "
        "flatter it, and decoding does worse; group_norm: token (--gn token) gives figures that hold");
  });
}

}  // namespace

double TextLoss::bits_per_byte() const {
  return bytes == 0 ? 0 : nats / std::numbers::ln2 / static_cast<double>(bytes);
}

double TextLoss::nats_per_token() const { return tokens == 0 ? 0 : nats / static_cast<double>(tokens); }

TextLoss text_loss(const Decoder& model, const OrderedRows& rows, const Tokenizer& tokenizer,
                   uint64_t max_tokens, const HiddenObserver& also) {
  if (model.whole_sequence()) warn_once_of_whole_sequences();
  TextLoss loss;
  for_each_batch(rows, max_tokens, [&](const Batch& batch) {
    Segments segments;
    for (const auto& [start, length] : batch.segments) segments.push_back({start, length});
    Pass pass(batch.tokens, segments, model.device(), model.compute());
    for (const BatchImage& image : batch.images)
      pass.add_image(image.position, 0, image.patches, image.pixels.data());
    const Tensor hidden = model.read_outs(pass).back().hidden;
    if (also) also(batch, hidden);
    Output ones(batch.targets.size(), 1, Dtype::f32, model.device());
    std::fill_n(ones.mat().row<float>(0), batch.targets.size(), 1.0f);
    const CrossEntropy ce = cross_entropy(hidden, model.output_projection(), batch.targets,
                                          constant("every token counts once", std::move(ones)));
    for (size_t t = 0; t < batch.targets.size(); ++t)
      if (batch.targets[t] >= 0) {
        loss.nats += static_cast<double>(*ce.row_loss.mat().row<float>(t));
        ++loss.tokens;
      }
    loss.bytes += target_bytes(batch, tokenizer);
  });
  return loss;
}

TextLoss unigram_loss(const std::vector<const Pack*>& packs, const std::string& split,
                      const OrderedRows& rows, const Tokenizer& tokenizer, uint64_t max_tokens) {
  std::vector<double> counts(tokenizer.vocab_size(), 1.0);
  std::vector<int32_t> piece;
  for (const Pack* pack : packs)
    for (const Shard& shard : pack->shards()) {
      if (shard.info().split != split) continue;
      for (uint64_t begin = 0; begin < shard.info().tokens; begin += piece.size()) {
        piece.resize(std::min<uint64_t>(1 << 20, shard.info().tokens - begin));
        shard.tokens(begin, piece);
        for (const int32_t token : piece) counts[static_cast<size_t>(token)] += 1;
      }
      counts[kPatchToken] -= static_cast<double>(shard.patch_tokens());
    }
  double total = 0;
  for (const double count : counts) total += count;
  TextLoss loss;
  for_each_batch(rows, max_tokens, [&](const Batch& batch) {
    for (const int32_t target : batch.targets)
      if (target >= 0) {
        loss.nats -= std::log(counts[static_cast<size_t>(target)] / total);
        ++loss.tokens;
      }
    loss.bytes += target_bytes(batch, tokenizer);
  });
  return loss;
}

}  // namespace bantam
