// The recurrence of Mamba-2 (Dao & Gu 2024, arXiv:2405.21060, sections 3 and 7): a matrix-valued state a head that decays
// by one number a token.
//   h_t = a_t h_{t−1} + (δ_t x_t) ⊗ B_t,   y_t = h_t C_t + D x_t       per head, h: [P, N]
// Dimensions:  T tokens, packed   H heads   P width of one head   G groups of heads that share B and C   N state of a group
#pragma once
#include <span>

#include "ops/segment.h"
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

struct Mamba2Inputs {
  Tensor x;                      // [T, H·P], f32, bf16 or f64
  Tensor b, c;                   // [T, G·N], dtype of x
  Tensor log_decay;              // [T, H], log a, at most 0; f32 (f64 on the reference device)
  Tensor step;                   // [T, H], δ, as log_decay; empty: 1 everywhere
  size_t heads = 1, groups = 1;  // G divides H; a group's heads are neighbours
};

// Result y: [T, H·P], dtype of x. skip: D, [1, H]. The state starts at zero in every segment. Arithmetic in f32 (f64 on
// reference), as products over chunks of 64 tokens (ops/mamba2_chunks.h), before each of which the state is kept.
// Differentiable in all inputs and in D.
Tensor mamba2(const Mamba2Inputs& x, Weight& skip, const Segments& segments);

// Decoding: states[s] is segment s's f32 state, [H, N, P], read and updated. Token after token, so the bits do not depend
// on how a sequence is cut into calls.
Tensor mamba2_step(const Mamba2Inputs& x, Weight& skip, const Segments& segments,
                   std::span<float* const> states);

}  // namespace bantam
