// The gated feed-forward down(silu(gate x) ⊙ up x) with ternary weights and 8-bit activations; the masters stay floats.
//   BitNet b1.58: Ma et al. 2024 (arXiv:2402.17764, eq. 1-3); Shazeer 2020 (arXiv:2002.05202).
// Dimensions:  T tokens of the pass, packed   D width   F hidden width
#include "ops/elementwise.h"
#include "ops/ternary_linear.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct TernarySwigluConfig {
  int64_t width = 0;
  double initial_deviation = 0;
};

Schema schema(const TernarySwigluConfig*) {
  using C = TernarySwigluConfig;
  return describe<C>(
      "Gated feed-forward with ternary weights and 8-bit activations, learnt straight through the rounding.",
      field<&C::width>("F, hidden width.", range(1, 1 << 17), required()),
      field<&C::initial_deviation>(
          "Standard deviation of the masters in a new model; 0: Glorot's uniform ones.", range(0, 10)));
}

class TernarySwiglu final : public Branch {
 public:
  TernarySwiglu(const Build& parent, const PartContext& context, const TernarySwigluConfig& c,
                const std::string&)
      : width_(static_cast<size_t>(c.width)) {
    const Build b = parent / "mlp";
    const Initial initial = Initial::deviating(c.initial_deviation);
    // Products read what is derived from the masters, so no bf16 copies are kept.
    gate_up_ = &b.table({{"gate_proj", width_}, {"up_proj", width_}}, context.width, initial);
    down_ = &b.table({{"down_proj", context.width}}, width_, initial);
    gate_up_->ternary = down_->ternary = true;
  }

  Tensor operator()(const Tensor& x_TD, Pass&) const override {
    const Tensor both = ternary_linear(x_TD, *gate_up_);
    return ternary_linear(swiglu(both.columns(0, width_), both.columns(width_, width_)), *down_);
  }

 private:
  size_t width_;
  Weight *gate_up_ = nullptr, *down_ = nullptr;
};

const bool registered = register_part<TernarySwigluConfig, TernarySwiglu>(
    feeds(), "ternary_swiglu", {R"({"width": 40})", R"({"width": 33})"});

}  // namespace
}  // namespace bantam
