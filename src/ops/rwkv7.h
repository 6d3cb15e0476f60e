// The RWKV-7 recurrence (Peng et al. 2025, arXiv:2503.14456, eq. 17), and VUAF's form of it:
//   u = S c,   S' = S diag(w_t) − u (a_t ⊙ κ_t)ᵀ + v_t k_tᵀ,   o_t = S' r_t       per head, S: [K, K]
// with c = κ_t as published: removal acts on the state as it was; with c = w_t ⊙ κ_t in VUAF's form: on the decayed one.
#pragma once
#include <span>

#include "ops/segment.h"
#include "tensor/tensor.h"

namespace bantam {

enum class Rwkv7Removal { decayed, undecayed };  // which state removal acts on

struct Rwkv7Inputs {
  // [T, H·K] each; kappa of unit length per head, w in (0, 1). f32, bf16 or f64, each its own
  Tensor r, w, k, v, kappa;
  Tensor a;  // in (0, 1): [T, H·K], or [T, H] for one rate a head
  Rwkv7Removal removal = Rwkv7Removal::decayed;
};

// Result o: [T, H·K], dtype of v. The state starts at zero in every segment. Arithmetic in f32 (f64 on
// reference). Differentiable in all inputs; the state is kept every 16 tokens and recomputed between.
Tensor rwkv7(const Rwkv7Inputs& x, size_t heads, const Segments& segments);

// Decoding: states[s] is segment s's f32 state, [H, K, K] with row = key index and column = value index, read
// and updated. Token after token, so the bits do not depend on how a sequence is cut into calls.
Tensor rwkv7_step(const Rwkv7Inputs& x, size_t heads, const Segments& segments,
                  std::span<float* const> states);

}  // namespace bantam
