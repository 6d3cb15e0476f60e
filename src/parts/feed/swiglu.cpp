// The gated feed-forward: down(silu(gate x) ⊙ up x). Shazeer 2020 (arXiv:2002.05202).
// Dimensions:  T tokens of the pass, packed   D width   F hidden width
#include "nn/linear.h"
#include "ops/elementwise.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct SwigluConfig {
  int64_t width = 0;
  bool bias = false;
  double initial_deviation = 0;
};

Schema schema(const SwigluConfig*) {
  using C = SwigluConfig;
  return describe<C>(
      "Dense gated feed-forward.", field<&C::width>("F, hidden width.", range(1, 1 << 20), required()),
      field<&C::bias>("Biases on the three projections."),
      field<&C::initial_deviation>(
          "Standard deviation of the projections in a new model; 0: Glorot's uniform ones.", range(0, 10)));
}

class Swiglu final : public Branch {
 public:
  Swiglu(const Build& b, const PartContext& context, const SwigluConfig& c, const std::string&)
      : width_(static_cast<size_t>(c.width)),
        gate_up_(b / "mlp", {{"gate_proj", width_}, {"up_proj", width_}}, context.width, c.bias,
                 Initial::deviating(c.initial_deviation)),
        down_(b / "mlp", "down_proj", width_, context.width, c.bias,
              Initial::deviating(c.initial_deviation)) {}

  Tensor operator()(const Tensor& x_TD, Pass&) const override {
    const Tensor both = gate_up_(x_TD);
    return down_(swiglu(both.columns(0, width_), both.columns(width_, width_)));
  }

 private:
  size_t width_;
  Linear gate_up_, down_;
};

const bool registered = register_part<SwigluConfig, Swiglu>(
    feeds(), "swiglu", {R"({"width": 40})", R"({"width": 33, "bias": true})"});

}  // namespace
}  // namespace bantam
