// A mixture of experts: which tokens go to which, and how their rows are gathered and put together again.
//   Shazeer et al. 2017 (arXiv:1701.06538); one expert a token: Fedus et al. 2021 (arXiv:2101.03961);
//   chosen by score plus bias: DeepSeek-V3 (arXiv:2412.19437).
// Dimensions:  T tokens   E experts   K experts a token   S slots: rows sorted by expert   D width
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

enum class Scoring { softmax, sigmoid, sqrt_softplus };

// s = softmax(z), σ(z) or √softplus(z).  z and s: [T, E] f32 (f64 on the reference device). Differentiable.
Tensor expert_scores(const Tensor& z, Scoring scoring);

// Which expert each token's k-th row goes to, and where it stands once rows are sorted by expert. Under a tape groups are
// filled up to a multiple of 32 rows, so that products have few shapes; S depends on T, K and E alone.
struct Routing {
  size_t tokens = 0, per_token = 0;   // T, K
  std::vector<int32_t> experts;       // [T·K], best first
  std::vector<int32_t> source;        // [S]: t·K + k, −1 for a row that fills up
  std::vector<uint32_t> slot;         // [T·K]: its inverse
  std::vector<size_t> first, filled;  // [E]: slots [first, first + filled) are expert e's
  std::vector<uint64_t> counts;       // [E]: rows of each expert

  // experts: [T·K]. Made up on `meta`, where nobody knows them.
  Routing(size_t tokens, size_t per_token, size_t experts_in_all, std::vector<int32_t> chosen, bool training);
};

// The K experts of highest score + bias (bias may be null), lower index first among equals.
std::vector<int32_t> best_experts(const Tensor& scores, const Weight* bias, size_t per_token);
// K distinct experts that a token's id alone decides (a partial Fisher-Yates shuffle). A position without a token goes
// where id 0 does.
std::vector<int32_t> hashed_experts(std::span<const int32_t> ids, size_t experts, size_t per_token);

// w[t, k] = scale · s[t, e_k], divided by Σ_k s[t, e_k] + 1e-20 with `normalize`. [T, K]; differentiable in s.
Tensor expert_weights(const Tensor& scores, const Routing& routing, bool normalize, double scale);

// x[t] at each of its slots, zeros in rows that fill up: [T, D] → [S, D]. Differentiable.
Tensor to_slots(const Tensor& x, const Routing& routing);

// y[t] = Σ_k w[t, k] x[slot(t, k)].  x: [S, D]; w: [T, K]; y: [T, D], dtype of x. Differentiable in both.
Tensor from_slots(const Tensor& x, const Tensor& weights, const Routing& routing);

// How many tokens each expert was chosen by. Positions without a token (id −1) count for nothing: what they would make of
// the balance goes back through the norms of rows of zeros, which overflow.
struct Load {
  std::vector<size_t> tokens;    // the rows that count, in order
  std::vector<uint64_t> counts;  // [E]
  uint64_t chosen = 0;           // Σ counts

  // ids: [T]; empty: every row counts.
  explicit Load(const Routing& routing, std::span<const int32_t> ids = {});
  double rows() const { return static_cast<double>(tokens.size()) * static_cast<double>(chosen); }
};

// factor · E Σ_e f_e P_e, f_e the share of rows that went to e (no gradient), P_e the mean over tokens of s_e / Σ s.
// [1, 1], a root of the tape; differentiable in s.
Tensor balance_loss(const Tensor& scores, const Load& load, double factor);

}  // namespace bantam
