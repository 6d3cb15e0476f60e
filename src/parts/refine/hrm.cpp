// Refinement of the last stream before its norm: a few passes of one small gated map that always sees where it began.
//   After the hierarchical reasoning model, Wang et al. 2025 (arXiv:2506.21734); form: models/escarda.md section 7.
// h ← h + tanh(gateₜ) up(silu(down([norm(h); x])))
#include "nn/linear.h"
#include "nn/norm.h"
#include "ops/elementwise.h"
#include "ops/gates.h"
#include "ops/side_by_side.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct HrmConfig {
  int64_t rank = 128, steps = 1;
};

Schema schema(const HrmConfig*) {
  using C = HrmConfig;
  return describe<C>("Refinement of the stream by a small gated map.",
                     field<&C::rank>("Width of the map's inside.", range(1, 1 << 16)),
                     field<&C::steps>("Passes, each with a gate of its own.", range(1, 64)));
}

class Hrm final : public Refinement {
 public:
  Hrm(const Build& parent, const PartContext& context, const HrmConfig& c, const std::string&) {
    const Build b = parent / "hrm_refine";
    const Initial small{Initial::normal, 0.02};
    norm_ = RmsNorm(b, "norm", context.width, context.norm_eps);
    down_ = Linear(b, "down", 2 * context.width, static_cast<size_t>(c.rank), false, small);
    up_ = Linear(b, "up", static_cast<size_t>(c.rank), context.width, false, small);
    gate_ = &b.vector("gate", static_cast<size_t>(c.steps), 0.0);
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const Tensor anchor = cast(x_TD, pass.branch());
    Tensor h = x_TD;
    for (size_t step = 0; step < gate_->count(); ++step)
      h = gated_add(h, up_(silu(down_(side_by_side({norm_(h, pass.branch()), anchor})))), *gate_, step);
    return h;
  }

 private:
  RmsNorm norm_;
  Linear down_, up_;
  Weight* gate_ = nullptr;
};

const bool registered =
    register_part<HrmConfig, Hrm>(refinements(), "hrm", {R"({"rank": 9})", R"({"rank": 5, "steps": 2})"});

}  // namespace
}  // namespace bantam
