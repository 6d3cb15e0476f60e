#include "train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/threads.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "train/recipe.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "train/optimizer.cpp"
#include "simd/foreach_target.h"

#ifndef BANTAM_ADAMW_SPAN
#define BANTAM_ADAMW_SPAN
namespace bantam {
namespace {

// What one update of consecutive elements reads and writes. f64 on the reference device, where `low` is null.
struct Span {
  size_t count;
  const void* gradient;
  void *weight, *first, *second;
  bf16* low;  // null where no bf16 copy is kept
  double gradient_scale, keep, rest1, beta2, rest2, root, eps, step;
};

constexpr size_t kChunk = 2048;  // elements summed in f32 before f64 takes over

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

void sum_of_squares(const void* values, size_t count, double* total) {
  const float* x = static_cast<const float*>(values);
  for (size_t begin = 0; begin < count; begin += kChunk)
    *total += sum(
        std::min(kChunk, count - begin), [](V v) HWY_ATTR { return hn::Mul(v, v); }, x + begin);
}

void update(const Span& s, double* total) {
  const V scale = set(static_cast<float>(s.gradient_scale)), keep = set(static_cast<float>(s.keep));
  const V rest1 = set(static_cast<float>(s.rest1)), beta2 = set(static_cast<float>(s.beta2));
  const V rest2 = set(static_cast<float>(s.rest2)), root = set(static_cast<float>(s.root));
  const V eps = set(static_cast<float>(s.eps)), step = set(static_cast<float>(-s.step));
  const float* g = static_cast<const float*>(s.gradient);
  float *w = static_cast<float*>(s.weight), *m = static_cast<float*>(s.first),
        *v = static_cast<float*>(s.second);
  V squares = zero();
  const auto one = [&](V gradient, V& weight, V& first, V& second) HWY_ATTR {
    const V scaled = hn::Mul(gradient, scale);
    first = hn::Add(first, hn::Mul(rest1, hn::Sub(scaled, first)));
    second = hn::Add(hn::Mul(second, beta2), hn::Mul(hn::Mul(rest2, scaled), scaled));
    const V denominator = hn::Add(hn::Div(hn::Sqrt(second), root), eps);
    const V moved = hn::Add(hn::Mul(weight, keep), hn::Div(hn::Mul(step, first), denominator));
    const V change = hn::Sub(moved, weight);
    squares = hn::Add(squares, hn::Mul(change, change));
    weight = moved;
  };
  const size_t lanes_count = lanes();
  size_t i = 0;
  for (; i + lanes_count <= s.count; i += lanes_count) {
    V weight = load(w + i), first = load(m + i), second = load(v + i);
    one(load(g + i), weight, first, second);
    store(weight, w + i);
    store(first, m + i);
    store(second, v + i);
    if (s.low != nullptr) store(weight, s.low + i);
    if ((i & (kChunk - 1)) == 0) {
      *total += sum_lanes(squares);
      squares = zero();
    }
  }
  if (const size_t n = s.count - i; n > 0) {
    V weight = load_tail(w + i, n), first = load_tail(m + i, n), second = load_tail(v + i, n);
    one(load_tail(g + i, n), weight, first, second);
    store_tail(weight, w + i, n);
    store_tail(first, m + i, n);
    store_tail(second, v + i, n);
    if (s.low != nullptr) store_tail(weight, s.low + i, n);
  }
  *total += sum_lanes(squares);
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

constexpr size_t kBlock = size_t{1} << 16;
constexpr double kBytesMoved =
    3 * sizeof(float) + sizeof(bf16);  // an element's, in one update, without moments

HWY_EXPORT(sum_of_squares);
HWY_EXPORT(update);

void reference_sum_of_squares(const void* values, size_t count, double* total) {
  const double* x = static_cast<const double*>(values);
  for (size_t i = 0; i < count; ++i) *total += x[i] * x[i];
}

void reference_update(const Span& s, double* total) {
  const double* g = static_cast<const double*>(s.gradient);
  double *w = static_cast<double*>(s.weight), *m = static_cast<double*>(s.first),
         *v = static_cast<double*>(s.second);
  for (size_t i = 0; i < s.count; ++i) {
    const double gradient = g[i] * s.gradient_scale, old = w[i];
    m[i] += s.rest1 * (gradient - m[i]);
    v[i] = s.beta2 * v[i] + s.rest2 * gradient * gradient;
    w[i] = w[i] * s.keep - s.step * m[i] / (std::sqrt(v[i]) / s.root + s.eps);
    *total += (w[i] - old) * (w[i] - old);
  }
}

constinit Kernel<void(const void*, size_t, double*)> sum_of_squares_kernel{
    "sum of squares", BANTAM_DISPATCH(sum_of_squares), reference_sum_of_squares};
constinit Kernel<void(const Span&, double*)> update_kernel{"adamw", BANTAM_DISPATCH(update),
                                                           reference_update};

template <class Pointer>
Pointer element(BasicMat<Pointer> m, size_t index) {
  using Byte = std::conditional_t<std::is_const_v<std::remove_pointer_t<Pointer>>, const char, char>;
  return m.data == nullptr ? nullptr : static_cast<Byte*>(m.data) + index * bytes_of(m.dtype);
}

// One block of codes at a time: decoded, updated as ever, encoded again.
void update_coded(const Span& whole, const AdamW::State& state, size_t begin, size_t scale, double* total) {
  if (state.weight->device() == Device::meta) return;
  float first[kMomentBlock], second[kMomentBlock];
  for (size_t done = 0; done < whole.count; done += kMomentBlock, ++scale) {
    Span span = whole;
    span.count = std::min(kMomentBlock, whole.count - done);
    span.gradient = static_cast<const float*>(whole.gradient) + done;
    span.weight = static_cast<float*>(whole.weight) + done;
    span.low = whole.low == nullptr ? nullptr : whole.low + done;
    span.first = first;
    span.second = second;
    uint8_t *m = state.first.code_data() + begin + done, *v = state.second.code_data() + begin + done;
    float &m_scale = state.first.scales.mat().row<float>(0)[scale],
          &v_scale = state.second.scales.mat().row<float>(0)[scale];
    decode_moment({m, span.count}, MomentCode::with_sign, m_scale, first);
    decode_moment({v, span.count}, MomentCode::without_sign, v_scale, second);
    update_kernel(Device::cpu, span, total);
    encode_moment({first, span.count}, MomentCode::with_sign, m, m_scale);
    encode_moment({second, span.count}, MomentCode::without_sign, v, v_scale);
  }
}

}  // namespace

AdamWOptions optimizer_options(const TrainRecipe& recipe) {
  return {.beta1 = recipe.betas.first,
          .beta2 = recipe.betas.second,
          .eps = recipe.eps,
          .weight_decay = recipe.weight_decay,
          .lr_scale = recipe.lr_scale,
          .in_8_bits = recipe.optimizer == OptimizerKind::adamw_8bit,
          .muon = recipe.optimizer == OptimizerKind::muon ? std::optional(recipe.muon) : std::nullopt};
}

AdamW::AdamW(const std::vector<Weight*>& weights, AdamWOptions options) : options_(std::move(options)) {
  if (options_.muon) muon_.emplace(*options_.muon);
  for (Weight* weight : weights)
    if (weight->trains()) add_state(*weight);
  refuse_idle_patterns(weights);
  partial_.resize(blocks_.size());
}

void AdamW::add_state(Weight& weight) {
  const auto by_muon = [&](const WeightPart& part) { return muon_ && muon_->takes(weight, part); };
  const bool only_muon = std::all_of(weight.parts.begin(), weight.parts.end(), by_muon);
  const bool coded = options_.in_8_bits && worth_coding(weight);
  states_.push_back({&weight, Moment(weight, MomentCode::with_sign, coded),
                     only_muon ? Moment() : Moment(weight, MomentCode::without_sign, coded)});
  size_t scale = 0;
  for (const WeightPart& part : weight.parts) {
    scale = add_blocks(states_.size() - 1, part, scale, by_muon(part));
    if (!by_muon(part)) continue;
    muon_->prepare(weight, part);
    matrices_.push_back({states_.size() - 1, &part, scale_of(part.name)});
  }
}

void AdamW::refuse_idle_patterns(const std::vector<Weight*>& weights) const {
  for (const auto& scale : options_.lr_scale) {
    const std::string& pattern = scale.first;  // clang 14 captures no structured bindings
    const bool used = std::any_of(weights.begin(), weights.end(), [&](const Weight* weight) {
      return std::any_of(weight->parts.begin(), weight->parts.end(),
                         [&](const WeightPart& part) { return matches(pattern, part.name); });
    });
    require(used, ErrorCode::usage, "train.lr_scale: \"{}\" matches no tensor of the model", pattern);
  }
  if (!options_.muon) return;
  for (const std::string& pattern : options_.muon->tensors)
    require(std::any_of(matrices_.begin(), matrices_.end(),
                        [&](const Matrix& matrix) { return matches(pattern, matrix.part->name); }),
            ErrorCode::usage, "train.muon.tensors: \"{}\" matches no matrix that this run trains", pattern);
}

double AdamW::scale_of(const std::string& name) {
  double scale = 1;
  size_t longest = 0;
  for (const auto& [pattern, factor] : options_.lr_scale)
    if (pattern.size() >= longest && matches(pattern, name)) {
      longest = pattern.size();
      scale = factor;
    }
  return scale;
}

size_t AdamW::add_blocks(size_t state, const WeightPart& part, size_t first_scale, bool by_muon) {
  static_assert(kBlock % kMomentBlock == 0);
  const double lr_scale = scale_of(part.name);
  for (size_t done = 0; done < part.count; done += kBlock)
    blocks_.push_back({state, part.offset + done, std::min(kBlock, part.count - done),
                       first_scale + done / kMomentBlock, lr_scale, by_muon});
  return first_scale + moment_blocks(part.count);
}

double AdamW::gradient_norm() const {
  parallel_for(blocks_.size(), [&](size_t task) {
    const Block& block = blocks_[task];
    const Weight& weight = *states_[block.state].weight;
    partial_[task] = 0;
    if (weight.gradient_is_fresh) return;
    sum_of_squares_kernel(weight.device(), element<void*>(weight.gradient.mat(), block.begin), block.count,
                          &partial_[task]);
  });
  return std::sqrt(std::accumulate(partial_.begin(), partial_.end(), 0.0));
}

void AdamW::update_by_adamw(double lr, double gradient_scale) {
  parallel_for(blocks_.size(), [&](size_t task) {
    const Block& block = blocks_[task];
    const State& state = states_[block.state];
    Weight& weight = *state.weight;
    partial_[task] = 0;
    if (weight.gradient_is_fresh || block.by_muon) return;
    const double t = static_cast<double>(state.updates), rate = lr * block.lr_scale;
    const ConstMat low = weight.low ? weight.low.mat() : ConstMat();
    const Span span{
        .count = block.count,
        .gradient = element<void*>(weight.gradient.mat(), block.begin),
        .weight = element<void*>(weight.writable(), block.begin),
        .first = state.first.coded() ? nullptr : element<void*>(state.first.values.mat(), block.begin),
        .second = state.second.coded() ? nullptr : element<void*>(state.second.values.mat(), block.begin),
        .low = static_cast<bf16*>(const_cast<void*>(element<const void*>(low, block.begin))),
        .gradient_scale = gradient_scale,
        .keep = weight.decays ? 1 - rate * options_.weight_decay : 1,
        .rest1 = 1 - options_.beta1,
        .beta2 = options_.beta2,
        .rest2 = 1 - options_.beta2,
        .root = std::sqrt(1 - std::pow(options_.beta2, t)),
        .eps = options_.eps,
        .step = rate / (1 - std::pow(options_.beta1, t)),
    };
    if (state.first.coded())
      update_coded(span, state, block.begin, block.scale, &partial_[task]);
    else
      update_kernel(weight.device(), span, &partial_[task]);
  });
}

double AdamW::update_by_muon(double lr, double gradient_scale) {
  double squares = 0;
  for (const auto& [index, part, lr_scale] : matrices_) {
    const State& state = states_[index];
    if (state.weight->gradient_is_fresh) continue;
    const double rate = lr * lr_scale;
    squares += muon_->update(*state.weight, *part, state.first.values.mat(), gradient_scale,
                             1 - rate * options_.weight_decay, rate);
  }
  return squares;
}

double AdamW::update(double lr, double gradient_scale) {
  for (State& state : states_)
    if (!state.weight->gradient_is_fresh) ++state.updates;
  update_by_adamw(lr, gradient_scale);
  const double by_muon = update_by_muon(lr, gradient_scale);
  for (State& state : states_) {
    if (state.weight->gradient_is_fresh) continue;
    if (state.weight->device() == Device::meta)
      meter().bytes += (kBytesMoved + (state.first.coded() ? 4 : (state.second ? 4 : 2) * sizeof(float))) *
                       static_cast<double>(state.weight->count());
    state.weight->gradient_is_fresh = true;
    ++state.weight->version;
  }
  return std::sqrt(std::accumulate(partial_.begin(), partial_.end(), by_muon));
}

double AdamW::update_flops() const {
  double flops = 0;
  for (const Matrix& matrix : matrices_) flops += Muon::flops(matrix.part->shape[0], matrix.part->shape[1]);
  return flops;
}

void AdamW::discard_gradients() {
  for (State& state : states_) state.weight->gradient_is_fresh = true;
}

double clip_scale(double norm, double limit) {
  return limit > 0 ? std::min(1.0, limit / (norm + 1e-6)) : 1.0;
}

}  // namespace bantam
#endif
