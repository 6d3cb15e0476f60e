// norm(x + f(norm x)): the residual sum is normalised again, as VUAF does around every branch.
#include "nn/norm.h"
#include "ops/elementwise.h"
#include "parts/register.h"
#include "parts/value_embedding.h"

namespace bantam {
namespace {

struct SumNormConfig {};

Schema schema(const SumNormConfig*) { return describe<SumNormConfig>("norm(x + f(norm x))."); }

class SumNorm final : public Join {
 public:
  SumNorm(const Build& b, const PartContext& context, const SumNormConfig&, const std::string&)
      : value_(b, context),
        before_(b, context.norm_before, context.width, context.norm, context.norm_eps),
        after_(b, context.norm_after, context.width, context.norm, context.norm_eps) {}

  Tensor operator()(const Tensor& stream, const Branch& branch, Pass& pass) const override {
    const Tensor x = value_(stream, pass);
    return after_(add(x, branch(before_(x, pass.branch()), pass)), stream.dtype());
  }

 private:
  ValueEmbedding value_;
  Norm before_, after_;
};

const bool registered = register_part<SumNormConfig, SumNorm>(joins(), "sum_norm");

}  // namespace
}  // namespace bantam
