// Attention whose weights are a learnt error function of the scores instead of their softmax (models/escarda.md section 4;
// erf in place of a normalisation: Chen et al. 2025, arXiv:2512.10938).
#pragma once
#include <span>

#include "ops/attention.h"
#include "tensor/weight.h"

namespace bantam {

// α, β, γ, one of each a query head: [1, H].
struct DerfWeights {
  Weight *alpha, *beta, *gamma;
};

// With s = scale · q·k over the keys a query sees:  a = γ/2 (1 + erf(α s + β)),  y = Σ a v / (Σ a + 1e-8).
// q: [T, H·K], k and v: [T, G·K], one dtype; result as q. Differentiable in q, k, v and the weights. Without windows.
Tensor derf_attention(const Tensor& q, const Tensor& k, const Tensor& v, const DerfWeights& derf,
                      const AttentionShape& shape, const Segments& segments);

// Decoding, as attention_over: a query's bits depend on its keys alone.
Tensor derf_attention_over(const Tensor& q, std::span<const KeyValueView> past, const DerfWeights& derf,
                           const AttentionShape& shape, const Segments& segments);

}  // namespace bantam
