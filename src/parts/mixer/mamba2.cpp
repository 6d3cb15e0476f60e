// VUAF's Mamba-2: the recurrence without convolution, gate and time step (models/vuaf.md section 4.2).
//   Dao & Gu 2024 (arXiv:2405.21060), simplified; its decay a = σ(e^A − dt) takes A as an offset and not as a rate.
// Dimensions:  T tokens of the pass, packed   D width   I = D · expand   H = I / P heads   P width of a head   N state
#include "ops/mamba2.h"
#include "nn/linear.h"
#include "ops/head_norm.h"
#include "ops/time_step.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct Mamba2Config {
  int64_t expand = 1, head_width = 64, state = 16;
};

Schema schema(const Mamba2Config*) {
  using C = Mamba2Config;
  return describe<C>("Mamba-2 in VUAF's form.",
                     field<&C::expand>("I / D, inner width over width.", range(1, 64)),
                     field<&C::head_width>("P, width of a head; it divides the inner width.", range(1, 1024)),
                     field<&C::state>("N, state of each channel.", range(1, 1024)));
}

class Mamba2 final : public Branch {
 public:
  Mamba2(const Build& parent, const PartContext& context, const Mamba2Config& c, const std::string& where)
      : inner_(context.width * static_cast<size_t>(c.expand)), state_(static_cast<size_t>(c.state)) {
    const size_t head_width = static_cast<size_t>(c.head_width);
    require(inner_ % head_width == 0, ErrorCode::usage,
            "{}: head_width {} does not divide the inner width {}", where, head_width, inner_);
    heads_ = inner_ / head_width;
    const Build b = parent / "mamba2";
    log_offset_ = &b.vector("A_log", heads_, {Initial::log_line, 1, 16});
    skip_ = &b.vector("D", heads_, 1.0);
    in_ = Linear(b, "in_proj", context.width, inner_ + 2 * state_ + heads_);
    norm_gain_ = &b.vector("norm.weight", inner_, 1.0);
    norm_bias_ = &b.vector("norm.bias", inner_, 0.0);
    out_ = Linear(b, "out_proj", inner_, context.width);
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const Tensor all = in_(x_TD);
    Mamba2Inputs in;
    in.heads = heads_;
    in.x = all.columns(0, inner_);
    in.b = all.columns(inner_, state_);
    in.c = all.columns(inner_ + state_, state_);
    in.log_decay = log_decay_from(all.columns(inner_ + 2 * state_, heads_), *log_offset_);
    const std::vector<float*> states = pass.state("ssm", inner_ * state_);
    const Tensor y_TI = states.empty() ? bantam::mamba2(in, *skip_, pass.segments())
                                       : mamba2_step(in, *skip_, pass.segments(), states);
    return out_(group_norm(y_TI, 1, *norm_gain_, *norm_bias_, 1e-5f));
  }

 private:
  size_t inner_, state_, heads_ = 1;
  Weight *log_offset_, *skip_, *norm_gain_, *norm_bias_;
  Linear in_, out_;
};

const bool registered = register_part<Mamba2Config, Mamba2>(
    mixers(), "mamba2",
    {R"({"head_width": 8, "state": 5})", R"({"expand": 2, "head_width": 6, "state": 8})"});

}  // namespace
}  // namespace bantam
