// VUAF's RWKV-7 time mix: a matrix-valued state a head, with a decay and a removal a token.
//   Peng et al. 2025 (arXiv:2503.14456), simplified: no value residual, no bonus, a scalar removal rate a head.
// Dimensions:  T tokens of the pass, packed   D = H·K width   H heads   K width of one head   L rank
#include "ops/rwkv7.h"
#include "nn/linear.h"
#include "ops/elementwise.h"
#include "ops/head_norm.h"
#include "ops/sequence_norm.h"
#include "parts/register.h"

namespace bantam {
namespace {

// Over what the group norm behind the recurrence takes its statistics.
enum class Statistics { token, sequence };
std::vector<std::string> names(const Statistics*) { return {"token", "sequence"}; }

struct Rwkv7Config {
  int64_t heads = 4, rank = 16;
  Statistics group_norm = Statistics::token;
};

Schema schema(const Rwkv7Config*) {
  using C = Rwkv7Config;
  return describe<C>(
      "RWKV-7 time mix in VUAF's form.", field<&C::heads>("H, heads; they divide the width.", range(1, 1024)),
      field<&C::rank>("L, rank of the maps that give decay and removal rate.", range(1, 4096)),
      field<&C::group_norm>("Statistics of the group norm: token, causal; or sequence, over all "
                            "positions, as VUAF's published checkpoints were made. Then every token "
                            "sees those behind it, and nothing can be remembered while decoding."));
}

class Rwkv7 final : public Branch {
 public:
  Rwkv7(const Build& parent, const PartContext& context, const Rwkv7Config& c, const std::string& where)
      : heads_(static_cast<size_t>(c.heads)), statistics_(c.group_norm) {
    const size_t width = context.width, rank = static_cast<size_t>(c.rank);
    require(width % heads_ == 0, ErrorCode::usage, "{}: {} heads do not divide the width {}", where, heads_,
            width);
    const Build b = parent / "rwkv7";
    // Xavier-uniform at gain 1/√2 as published; the output at half of that, without which many small per-position
    // group norms in a row make a new model needlessly sensitive.
    const Initial inner{Initial::glorot, 0.7071}, outer{Initial::glorot, 0.4};
    const Initial line{Initial::line, 1.0, 0.0};
    for (const auto& [mix, map, name] :
         {std::tuple(&mix_r_, &r_, "r"), std::tuple(&mix_k_, &k_, "k"), std::tuple(&mix_v_, &v_, "v"),
          std::tuple(&mix_kappa_, &kappa_, "kappa"), std::tuple(&mix_g_, &gate_, "g")}) {
      *mix = &b.vector("mix_" + std::string(name), width, line);
      *map = Linear(b, "W_" + std::string(name), width, width, false, inner);
    }
    low_in_ = Linear(b, {{"w_low_in", rank}, {"a_low_in", rank}}, width, false, inner);
    decay_ = Linear(b, "w_low_out", rank, width, true, inner);
    removal_ = Linear(b, "a_low_out", rank, heads_, true, inner);
    norm_gain_ = &b.vector("group_norm.weight", width, 1.0);
    norm_bias_ = &b.vector("group_norm.bias", width, 0.0);
    out_ = Linear(b, "out_proj", width, width, false, outer);
    rank_ = rank;
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const Tensor before = pass.shifted("shift", x_TD);
    const auto mixed = [&](const Linear& map, Weight* mix) { return map(blend(x_TD, before, *mix)); };

    Rwkv7Inputs in;
    in.r = mixed(r_, mix_r_);
    in.k = mixed(k_, mix_k_);
    in.v = mixed(v_, mix_v_);
    in.kappa = l2_normalize(mixed(kappa_, mix_kappa_), heads_);
    const Tensor gate = sigmoid(mixed(gate_, mix_g_));
    const Tensor low = tanh(low_in_(x_TD));  // decay and removal rate look at the token itself, unshifted
    in.w = sigmoid(decay_(low.columns(0, rank_)));
    in.a = sigmoid(removal_(low.columns(rank_, rank_)));

    const size_t head_width = x_TD.cols() / heads_;
    const std::vector<float*> states = pass.state("wkv", heads_ * head_width * head_width);
    const Tensor o = states.empty() ? bantam::rwkv7(in, heads_, pass.segments())
                                    : rwkv7_step(in, heads_, pass.segments(), states);
    const Tensor normed = whole_sequence()
                              ? sequence_norm(o, heads_, *norm_gain_, *norm_bias_, 1e-5f, pass.segments())
                              : group_norm(o, heads_, *norm_gain_, *norm_bias_, 1e-5f);
    return out_(multiply(normed, gate));
  }

  bool whole_sequence() const override { return statistics_ == Statistics::sequence; }

 private:
  size_t heads_, rank_ = 0;
  Statistics statistics_;
  Weight *mix_r_, *mix_k_, *mix_v_, *mix_kappa_, *mix_g_, *norm_gain_, *norm_bias_;
  Linear r_, k_, v_, kappa_, gate_, low_in_, decay_, removal_, out_;
};

const bool registered = register_part<Rwkv7Config, Rwkv7>(mixers(), "rwkv7", {R"({"heads": 2, "rank": 4})"});

}  // namespace
}  // namespace bantam
