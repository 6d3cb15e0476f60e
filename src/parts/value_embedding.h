// Value embeddings: the token's own embedding, through a learnt gate, once more into what a mixer reads
// (models/escarda.md section 6; Zhou et al. 2024, arXiv:2410.17897, has the values of the first layer in its place).
#pragma once
#include "ops/gates.h"
#include "parts/part.h"

namespace bantam {

// What a join puts before the norm of a mixer's branch: x + tanh(gate) e. Nothing where the model has none.
class ValueEmbedding {
 public:
  static constexpr const char* kCarried = "token_embedding";  // by the decoder, before the first layer

  ValueEmbedding(const Build& b, const PartContext& context)
      : gate_(context.value_embedding && context.branch == 0 ? &b.vector("ve_gate", 1, 0.0) : nullptr) {}
  Tensor operator()(const Tensor& x, Pass& pass) const {
    return gate_ == nullptr ? x : gated_add(x, pass.carried(kCarried), *gate_, 0);
  }

 private:
  Weight* gate_;
};

}  // namespace bantam
