// The losses of a loop that learns when to halt: cross-entropy over its exits, and what keeps the exits apart.
//
// Every step r of R reads out; z_r is its halting logit, λ_r = σ(z_r), p_r the share of exits there (ops/halting.h).
//   entropy    Σ_r w_r CE_r − β H(p)          Ouro, stage I (Zhu et al. 2025, arXiv:2510.25741); VUAF
//   geometric  Σ_r w_r CE_r + β KL(p ‖ q)     PonderNet (Banino et al. 2021, arXiv:2107.05407): q_r = λ_p (1 − λ_p)^r, and the
//                                             rest on the last step
//   gain       −[g log(1 − λ_r) + (1 − g) log λ_r] with g = σ(k (max(0, CE_r − CE_{r+1}) − γ)), mean over r < R − 1: Ouro,
//              stage II; only the halting head learns. Ouro holds the hazard of a step against that step's own gain; here it
//              is held against the gain of the step that it would do without, so every hazard learns, the first as well.
// w_r = (1 − f) p_r + f / R: a share f > 0 keeps the last step learning where all exits drift to the first.
#pragma once
#include <span>
#include <vector>

#include "model/objective.h"

namespace bantam {

// Adds them to `losses`, and the terms ce (expected over p), halt_entropy, halt_prior (KL) or halt_gain, and to watch:
// mean_depth (from 1), exit_share.<r>, ce_exit.<r> (r from 0). even: [T, 1], 1 / targets of the whole step where a row has
// a target, 0 elsewhere.
void add_exit_losses(const Decoder& model, const std::vector<ReadOut>& outs, std::span<const int32_t> targets,
                     const Tensor& even, double z_weight, Losses& losses);

}  // namespace bantam
