// RWKV's channel mix: value(relu(key(x mixed with the token before))²). Peng et al. 2025 (arXiv:2503.14456).
// Dimensions:  T tokens of the pass, packed   D width   F hidden width
#include "nn/linear.h"
#include "ops/elementwise.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct Rwkv7ChannelMixConfig {
  int64_t width = 0;
};

Schema schema(const Rwkv7ChannelMixConfig*) {
  using C = Rwkv7ChannelMixConfig;
  return describe<C>("RWKV-7's feed-forward: squared ReLU of the token mixed with the one before.",
                     field<&C::width>("F, hidden width.", range(1, 1 << 20), required()));
}

class Rwkv7ChannelMix final : public Branch {
 public:
  Rwkv7ChannelMix(const Build& b, const PartContext& context, const Rwkv7ChannelMixConfig& c,
                  const std::string&)
      : mix_(&(b / "mlp").vector("x_k", context.width, {Initial::line, 1, 0})),
        key_(b / "mlp", "key", context.width, static_cast<size_t>(c.width)),
        value_(b / "mlp", "value", static_cast<size_t>(c.width), context.width) {}

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    return value_(squared_relu(key_(blend(pass.shifted("feed shift", x_TD), x_TD, *mix_))));
  }

 private:
  Weight* mix_;
  Linear key_, value_;
};

const bool registered =
    register_part<Rwkv7ChannelMixConfig, Rwkv7ChannelMix>(feeds(), "rwkv7_channel_mix", {R"({"width": 40})"});

}  // namespace
}  // namespace bantam
