// x + norm(f(norm x)): a branch is normalised on its way in and on its way out, as Gemma 2 has it (arXiv:2408.00118).
#include "nn/norm.h"
#include "ops/elementwise.h"
#include "parts/register.h"
#include "parts/value_embedding.h"

namespace bantam {
namespace {

struct SandwichConfig {};

Schema schema(const SandwichConfig*) { return describe<SandwichConfig>("x + norm(f(norm x))."); }

class Sandwich final : public Join {
 public:
  Sandwich(const Build& b, const PartContext& context, const SandwichConfig&, const std::string&)
      : value_(b, context),
        before_(b, context.norm_before, context.width, context.norm, context.norm_eps),
        after_(b, context.norm_after, context.width, context.norm, context.norm_eps) {}

  Tensor operator()(const Tensor& stream, const Branch& branch, Pass& pass) const override {
    const Tensor x = value_(stream, pass);
    return add(x, after_(branch(before_(x, pass.branch()), pass), pass.branch()));
  }

 private:
  ValueEmbedding value_;
  Norm before_, after_;
};

const bool registered = register_part<SandwichConfig, Sandwich>(joins(), "sandwich");

}  // namespace
}  // namespace bantam
