// RWKV-7 as published: a matrix-valued state a head, with a decay and a removal rate a channel, and values that later
// layers draw towards those of the first.
//   Peng et al. 2025 (arXiv:2503.14456), section 4 and appendix; weights by the names of flash-linear-attention.
// Dimensions:  T tokens of the pass, packed   D = H·K width   H heads   K width of one head
#include "nn/linear.h"
#include "ops/elementwise.h"
#include "ops/head_norm.h"
#include "ops/head_sum.h"
#include "ops/rwkv7.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct Rwkv7PublishedConfig {
  int64_t heads = 8, decay_rank = 64, rate_rank = 64, value_rank = 0, gate_rank = 128;
};

Schema schema(const Rwkv7PublishedConfig*) {
  using C = Rwkv7PublishedConfig;
  return describe<C>(
      "RWKV-7 time mix as published.", field<&C::heads>("H, heads; they divide the width.", range(1, 1024)),
      field<&C::decay_rank>("Rank of the map that gives the decay.", range(1, 4096)),
      field<&C::rate_rank>("Rank of the map that gives the removal rate.", range(1, 4096)),
      field<&C::value_rank>("Rank of the map that draws values towards those of an earlier layer; 0: "
                            "this layer's are the ones that layers behind it are drawn to.",
                            range(0, 4096)),
      field<&C::gate_rank>("Rank of the map that gives the gate.", range(1, 4096)));
}

// Two maps through a narrow middle, with a function between them.
struct LowRank {
  Linear in, out;

  LowRank() = default;
  LowRank(const Build& b, std::string_view name, size_t width, int64_t rank, bool bias,
          Initial of_bias = {}) {
    const Build lora = b / name / "lora";
    const Initial small{Initial::glorot, 0.1};
    in = Linear(lora, "0", width, static_cast<size_t>(rank), false, small);
    out = Linear(lora, "2", static_cast<size_t>(rank), width, bias, small);
    if (bias) out.bias->parts.front().initial = of_bias;
  }
};

class Rwkv7Published final : public Branch {
 public:
  Rwkv7Published(const Build& parent, const PartContext& context, const Rwkv7PublishedConfig& c,
                 const std::string& where)
      : heads_(static_cast<size_t>(c.heads)), draws_values_(c.value_rank > 0) {
    const size_t width = context.width;
    require(width % heads_ == 0, ErrorCode::usage, "{}: {} heads do not divide the width {}", where, heads_,
            width);
    norm_eps_ = context.norm_eps * static_cast<float>(width / heads_);
    const Build b = parent / "rwkv7";
    for (const auto& [mix, name] :
         {std::pair(&mix_r_, "x_r"), std::pair(&mix_w_, "x_w"), std::pair(&mix_k_, "x_k"),
          std::pair(&mix_v_, "x_v"), std::pair(&mix_a_, "x_a"), std::pair(&mix_g_, "x_g")})
      *mix = &b.vector(name, {1, 1, width}, {Initial::line, 1, 0});
    key_scale_ = &b.vector("k_k", width, 0.85);
    key_rate_ = &b.vector("k_a", width, 1.0);
    bonus_ = &b.vector("r_k", {heads_, width / heads_}, {Initial::constant, 0});
    const Initial inner{Initial::glorot, 0.7071}, outer{Initial::glorot, 0.4};
    r_ = Linear(b, "r_proj", width, width, false, inner);
    k_ = Linear(b, "k_proj", width, width, false, inner);
    v_ = Linear(b, "v_proj", width, width, false, inner);
    decay_ = LowRank(b, "w_lora", width, c.decay_rank, true, {Initial::line, -6.5, -1.5});
    rate_ = LowRank(b, "a_lora", width, c.rate_rank, true, {Initial::constant, 0});
    if (draws_values_) value_ = LowRank(b, "v_lora", width, c.value_rank, true, {Initial::constant, 1});
    gate_ = LowRank(b, "g_lora", width, c.gate_rank, false);
    norm_gain_ = &b.vector("g_norm.weight", width, 1.0);
    norm_bias_ = &b.vector("g_norm.bias", width, 0.0);
    out_ = Linear(b, "o_proj", width, width, false, outer);
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const Tensor before = pass.shifted("shift", x_TD);
    const auto mixed = [&](Weight* mix) { return blend(before, x_TD, *mix); };
    const Tensor x_v = mixed(mix_v_), k = k_(mixed(mix_k_));
    const Tensor rate = sigmoid(rate_.out(rate_.in(mixed(mix_a_))));

    Rwkv7Inputs in;
    in.removal = Rwkv7Removal::undecayed;
    in.r = r_(mixed(mix_r_));
    // In bf16 a decay near 1 would be 1: it stays in the stream's precision.
    const Dtype wide = x_TD.dtype() == Dtype::f64 ? Dtype::f64 : Dtype::f32;
    in.w = rwkv7_decay(decay_.out(tanh(decay_.in(mixed(mix_w_))), wide));
    in.v = v_(x_v);
    if (draws_values_)
      in.v = lerp(pass.carried("rwkv7 values"), in.v, sigmoid(value_.out(value_.in(x_v))));
    else
      pass.carry("rwkv7 values", in.v);
    in.kappa = l2_normalize(multiply(k, *key_scale_), heads_);
    in.k = multiply(k, blend(rate, ones_like(rate), *key_rate_));  // k ⊙ (1 + (a − 1) ⊙ k_a)
    in.a = rate;

    const size_t head_width = x_TD.cols() / heads_;
    const std::vector<float*> states = pass.state("wkv", heads_ * head_width * head_width);
    const Tensor o =
        states.empty() ? rwkv7(in, heads_, pass.segments()) : rwkv7_step(in, heads_, pass.segments(), states);
    const Tensor normed = group_norm(o, heads_, *norm_gain_, *norm_bias_, norm_eps_);
    const Tensor bonus = multiply_by_head_sums(in.v, multiply(multiply(in.r, in.k), *bonus_), heads_);
    const Tensor gate = gate_.out(sigmoid(gate_.in(mixed(mix_g_))));
    return out_(multiply(add(normed, bonus), gate));
  }

 private:
  size_t heads_;
  bool draws_values_;
  float norm_eps_;
  Weight *mix_r_, *mix_w_, *mix_k_, *mix_v_, *mix_a_, *mix_g_, *key_scale_, *key_rate_, *bonus_, *norm_gain_,
      *norm_bias_;
  Linear r_, k_, v_, out_;
  LowRank decay_, rate_, value_, gate_;
};

const bool registered = register_part<Rwkv7PublishedConfig, Rwkv7Published>(
    mixers(), "rwkv7_published", {R"({"heads": 2, "decay_rank": 4, "rate_rank": 3, "gate_rank": 5})"});

}  // namespace
}  // namespace bantam
