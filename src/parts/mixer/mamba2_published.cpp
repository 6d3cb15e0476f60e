// Mamba-2 as published: a gated state-space layer behind a short convolution.
//   Dao & Gu 2024 (arXiv:2405.21060), section 7 and figure 6; the gated RMSNorm is one for each group.
// Dimensions:  T tokens of the pass, packed   D width   I = D · expand   H = I / P heads   P width of a head
//              G groups of heads that share B and C   N state   W taps of the convolution
#include <limits>

#include "nn/linear.h"
#include "ops/causal_conv.h"
#include "ops/elementwise.h"
#include "ops/head_norm.h"
#include "ops/mamba2.h"
#include "ops/time_step.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct Mamba2PublishedConfig {
  int64_t expand = 2, head_width = 64, state = 128, groups = 1, taps = 4;
  double step_low = 0, step_high = 0;
  bool bias = false, conv_bias = true;
};

Schema schema(const Mamba2PublishedConfig*) {
  using C = Mamba2PublishedConfig;
  return describe<C>(
      "Mamba-2 as published.", field<&C::expand>("I / D, inner width over width.", range(1, 64)),
      field<&C::head_width>("P, width of a head; it divides the inner width.", range(1, 1024)),
      field<&C::state>("N, state of each channel.", range(1, 1024)),
      field<&C::groups>("G, groups of heads that share B and C.", range(1, 1024)),
      field<&C::taps>("W, tokens that the convolution sees, the last one included.", range(1, 64)),
      field<&C::step_low>("Least time step.", range(0, 1e6)),
      field<&C::step_high>("Largest time step; 0 is no limit.", range(0, 1e6)),
      field<&C::bias>("Biases on the two projections."), field<&C::conv_bias>("Bias of the convolution."),
      rule<C>([](const C& c) { return c.step_high == 0 || c.step_low <= c.step_high; },
              "step_low is larger than step_high"));
}

class Mamba2Published final : public Branch {
 public:
  Mamba2Published(const Build& parent, const PartContext& context, const Mamba2PublishedConfig& c,
                  const std::string& where)
      : inner_(context.width * static_cast<size_t>(c.expand)),
        state_(static_cast<size_t>(c.state)),
        groups_(static_cast<size_t>(c.groups)),
        taps_count_(static_cast<size_t>(c.taps)),
        low_(static_cast<float>(c.step_low)),
        high_(c.step_high == 0 ? std::numeric_limits<float>::max() : static_cast<float>(c.step_high)),
        eps_(context.norm_eps) {
    const size_t head_width = static_cast<size_t>(c.head_width);
    require(inner_ % head_width == 0, ErrorCode::usage,
            "{}: head_width {} does not divide the inner width {}", where, head_width, inner_);
    heads_ = inner_ / head_width;
    require(heads_ % groups_ == 0, ErrorCode::usage, "{}: {} groups do not divide the {} heads", where,
            groups_, heads_);
    const Build b = parent / "mamba2";
    const size_t mixed = inner_ + 2 * groups_ * state_;
    log_rate_ = &b.vector("A_log", heads_, {Initial::log_line, 1, 16});
    skip_ = &b.vector("D", heads_, 1.0);
    step_bias_ = &b.vector("dt_bias", heads_, {Initial::time_step, 0.001, 0.1});
    taps_ = &b.vector("conv1d.weight", {mixed, 1, taps_count_}, Initial{Initial::glorot, 1});
    if (c.conv_bias) taps_bias_ = &b.vector("conv1d.bias", mixed, 0.0);
    in_ = Linear(b, "in_proj", context.width, inner_ + mixed + heads_, c.bias);
    norm_gain_ = &b.vector("norm.weight", inner_, 1.0);
    out_ = Linear(b, "out_proj", inner_, context.width, c.bias);
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const size_t states = groups_ * state_, mixed = inner_ + 2 * states;
    const Tensor all = in_(x_TD), gate_TI = all.columns(0, inner_), xbc = all.columns(inner_, mixed);
    const std::vector<float*> before = pass.state("conv", (taps_count_ - 1) * mixed);
    const Tensor convolved =
        silu(before.empty() ? causal_conv(xbc, *taps_, taps_bias_, pass.segments())
                            : causal_conv_step(xbc, *taps_, taps_bias_, pass.segments(), before));
    Mamba2Inputs in;
    in.heads = heads_, in.groups = groups_;
    in.x = convolved.columns(0, inner_);
    in.b = convolved.columns(inner_, states);
    in.c = convolved.columns(inner_ + states, states);
    in.step = time_step(all.columns(inner_ + mixed, heads_), *step_bias_, low_, high_);
    in.log_decay = log_decay(in.step, *log_rate_);
    const std::vector<float*> kept = pass.state("ssm", inner_ * state_);
    const Tensor y_TI =
        kept.empty() ? mamba2(in, *skip_, pass.segments()) : mamba2_step(in, *skip_, pass.segments(), kept);
    return out_(group_rms_norm(swiglu(gate_TI, y_TI), groups_, *norm_gain_, eps_));
  }

 private:
  size_t inner_, state_, groups_, taps_count_, heads_ = 1;
  float low_, high_, eps_;
  Weight *log_rate_, *skip_, *step_bias_, *taps_, *taps_bias_ = nullptr, *norm_gain_;
  Linear in_, out_;
};

const bool registered = register_part<Mamba2PublishedConfig, Mamba2Published>(
    mixers(), "mamba2_published",
    {R"({"head_width": 8, "state": 5, "groups": 2})",
     R"({"expand": 1, "head_width": 6, "state": 8, "taps": 3, "bias": true})"});

}  // namespace
}  // namespace bantam
