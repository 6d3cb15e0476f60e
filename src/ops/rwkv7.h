// The RWKV-7 recurrence in VUAF's form: decay first, removal on the decayed state, read after write.
//   A = S diag(w_t),  u = A κ_t,  S' = A − u (a_t κ_t)ᵀ + v_t k_tᵀ,  o_t = S' r_t       per head, S: [K, K]
// Peng et al. 2025 (arXiv:2503.14456) has S(diag(w) − κ(a⊙κ)ᵀ); here the removal acts on the decayed state.
#pragma once
#include <span>

#include "ops/segment.h"
#include "tensor/tensor.h"

namespace bantam {

struct Rwkv7Inputs {
  Tensor r, w, k, v, kappa;  // [T, H·K] each; kappa of unit length per head, w in (0, 1). f32, bf16 or f64
  Tensor a;                  // [T, H], in (0, 1)
};

// Result o: [T, H·K], dtype of v. The state starts at zero in every segment. Arithmetic in f32 (f64 on
// reference). Differentiable in all inputs; the state is kept every 16 tokens and recomputed between.
Tensor rwkv7(const Rwkv7Inputs& x, size_t heads, const Segments& segments);

// Decoding: states[s] is segment s's f32 state, [H, K, K] with row = key index and column = value index, read
// and updated. Token after token, so the bits do not depend on how a sequence is cut into calls.
Tensor rwkv7_step(const Rwkv7Inputs& x, size_t heads, const Segments& segments,
                  std::span<float* const> states);

}  // namespace bantam
