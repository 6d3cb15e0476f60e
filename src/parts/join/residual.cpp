// x + f(norm x): the pre-norm residual.
#include "nn/norm.h"
#include "ops/elementwise.h"
#include "parts/register.h"
#include "parts/value_embedding.h"

namespace bantam {
namespace {

struct ResidualConfig {};

Schema schema(const ResidualConfig*) { return describe<ResidualConfig>("x + f(norm x)."); }

class Residual final : public Join {
 public:
  Residual(const Build& b, const PartContext& context, const ResidualConfig&, const std::string&)
      : value_(b, context), norm_(b, context.norm_before, context.width, context.norm, context.norm_eps) {}

  Tensor operator()(const Tensor& stream, const Branch& branch, Pass& pass) const override {
    const Tensor x = value_(stream, pass);
    return add(x, branch(norm_(x, pass.branch()), pass));
  }

 private:
  ValueEmbedding value_;
  Norm norm_;
};

const bool registered = register_part<ResidualConfig, Residual>(joins(), "residual");

}  // namespace
}  // namespace bantam
