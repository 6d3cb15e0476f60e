// A gated feed-forward of two thin factors each: down(silu(gate x) ⊙ up x), every projection W = B A. Shazeer 2020
// (arXiv:2002.05202); low rank as in Hu et al. 2021 (arXiv:2106.09685, eq. 3), here the whole matrix and not a change.
// Dimensions:  T tokens of the pass, packed   D width   F hidden width   R rank
#include "nn/linear.h"
#include "ops/elementwise.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct LowrankSwigluConfig {
  int64_t width = 0, rank = 128;
  double initial_deviation = 0;
};

Schema schema(const LowrankSwigluConfig*) {
  using C = LowrankSwigluConfig;
  return describe<C>(
      "Gated feed-forward whose projections are products of two thin matrices.",
      field<&C::width>("F, hidden width.", range(1, 1 << 20), required()),
      field<&C::rank>("R, what each projection goes through.", range(1, 1 << 20)),
      field<&C::initial_deviation>(
          "Standard deviation of both factors in a new model; 0: Glorot's uniform ones.", range(0, 10)));
}

class LowrankSwiglu final : public Branch {
 public:
  LowrankSwiglu(const Build& parent, const PartContext& context, const LowrankSwigluConfig& c,
                const std::string&)
      : rank_(static_cast<size_t>(c.rank)) {
    const Build b = parent / "mlp";
    const size_t width = static_cast<size_t>(c.width);
    const Initial initial = Initial::deviating(c.initial_deviation);
    gate_up_a_ = Linear(b, {{"gate_proj.a", rank_}, {"up_proj.a", rank_}}, context.width, false, initial);
    gate_b_ = Linear(b, "gate_proj.b", rank_, width, false, initial);
    up_b_ = Linear(b, "up_proj.b", rank_, width, false, initial);
    down_a_ = Linear(b, "down_proj.a", width, rank_, false, initial);
    down_b_ = Linear(b, "down_proj.b", rank_, context.width, false, initial);
  }

  Tensor operator()(const Tensor& x_TD, Pass&) const override {
    const Tensor both_T2R = gate_up_a_(x_TD);
    return down_b_(
        down_a_(swiglu(gate_b_(both_T2R.columns(0, rank_)), up_b_(both_T2R.columns(rank_, rank_)))));
  }

 private:
  size_t rank_;
  Linear gate_up_a_, gate_b_, up_b_, down_a_, down_b_;
};

const bool registered = register_part<LowrankSwigluConfig, LowrankSwiglu>(
    feeds(), "lowrank_swiglu", {R"({"width": 40, "rank": 8})", R"({"width": 33, "rank": 5})"});

}  // namespace
}  // namespace bantam
