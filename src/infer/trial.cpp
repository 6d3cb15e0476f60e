#include "infer/trial.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/random.h"
#include "infer/forward.h"

namespace bantam {
namespace {

constexpr size_t kRows = 2, kLength = 24;

std::vector<int32_t> trial_ids(const ModelConfig& config, size_t length) {
  Random random(17, "trial");
  std::vector<int32_t> ids(kRows * length);
  for (int32_t& id : ids) id = static_cast<int32_t>(random.below(static_cast<uint64_t>(config.vocab)));
  return ids;
}

void round_weights(Decoder& model) {
  for (const auto& weight : model.weights()) {
    const Mat all = weight->writable();
    for (size_t row = 0; row < all.rows; ++row)
      for (size_t i = 0; i < all.cols; ++i) {
        float& value = all.row<float>(row)[i];
        value = static_cast<float>(bf16(value));
      }
    weight->changed();
  }
}

// All rows in pieces of `piece` tokens.
std::vector<float> run(Decoder& model, const std::vector<int32_t>& ids, size_t length, size_t piece) {
  const size_t vocab = static_cast<size_t>(model.config().vocab);
  std::vector<float> logits(ids.size() * vocab);
  for (size_t row = 0; row < kRows; ++row) {
    SequenceMemory memory(model.compute());
    for (size_t begin = 0; begin < length; begin += piece) {
      const size_t count = std::min(piece, length - begin);
      const Feed one{&memory, std::span(ids).subspan(row * length + begin, count)};
      const Tensor out = model.logits(feed(model, {&one, 1}).back().hidden);
      for (size_t t = 0; t < count; ++t)
        std::copy_n(out.mat().row<float>(t), vocab, logits.data() + (row * length + begin + t) * vocab);
    }
  }
  return logits;
}

}  // namespace

Trial try_model(const std::filesystem::path& folder, const TrialOptions& options) {
  const LoadedModel loaded = load_model(folder, Device::cpu, Dtype::f32, options.change, options.renaming);
  Decoder& model = *loaded.decoder;
  if (options.round_to_bf16) round_weights(model);
  const size_t length = std::min(kLength, static_cast<size_t>(model.config().context));
  const std::vector<int32_t> ids = trial_ids(model.config(), length);
  Trial trial{run(model, ids, length, length), static_cast<uint64_t>(model.config().vocab)};
  if (!model.whole_sequence()) trial.stepwise_agrees = run(model, ids, length, 1) == trial.logits;
  trial.finite =
      std::all_of(trial.logits.begin(), trial.logits.end(), [](float x) { return std::isfinite(x); });
  return trial;
}

double largest_difference(const Trial& a, const Trial& b) {
  require(a.vocab == b.vocab && a.logits.size() == b.logits.size(), ErrorCode::invalid,
          "the models have {} and {} tokens, and their trials {} and {} logits; they cannot be compared",
          a.vocab, b.vocab, a.logits.size(), b.logits.size());
  double worst = 0;
  for (size_t i = 0; i < a.logits.size(); ++i) {
    const double difference = std::abs(double{a.logits[i]} - double{b.logits[i]});
    if (std::isnan(difference)) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, difference);
  }
  return worst;
}

bool fits_for_trial(uint64_t parameters) {
  const double memory =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return 4.0 * static_cast<double>(parameters) <= memory / 2;
}

}  // namespace bantam
