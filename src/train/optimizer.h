// AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) in PyTorch's order of operations. With g the clipped
// gradient and t the number of this weight's updates, from 1:
//
//   w ← w (1 − lr λ)      m ← m + (1 − β1)(g − m)      v ← β2 v + (1 − β2) g²
//   w ← w − lr / (1 − β1ᵗ) · m / (√v / √(1 − β2ᵗ) + ε)
//
// With options.muon the hidden matrices are updated by Muon (train/muon.h) instead, from one moment; embeddings, heads,
// gains and biases stay with AdamW. Clipping, update and the bf16 copy take one pass over memory. With adamw_8bit the moments of large tensors are kept as
// 8-bit codes (train/moment.h), the update itself is the same. Law: blocks are fixed and sums over them run
// in order, so the result does not depend on the number of threads.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "train/moment.h"
#include "train/muon.h"
#include "train/recipe.h"

namespace bantam {

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.95, eps = 1e-8;
  double weight_decay = 0.1;               // λ, of weights that decay
  std::map<std::string, double> lr_scale;  // by tensor name; * stands for any text, the longest pattern wins
  bool in_8_bits = false;                  // the moments of large tensors
  std::optional<MuonRecipe> muon = {};     // for the tensors that it names
};

AdamWOptions optimizer_options(const TrainRecipe& recipe);

class AdamW {
 public:
  // Keeps the weights that train (their gradients must be allocated) and gives each two moments, all zero.
  // usage error: an lr_scale pattern that names no tensor, a Muon pattern that names no matrix.
  AdamW(const std::vector<Weight*>& weights, AdamWOptions options);

  // Two-norm over all gradients. Infinite or NaN where one of them is.
  double gradient_norm() const;

  // One update with gradients read times `gradient_scale`; they count as zero afterwards. A weight without a
  // gradient since the last update is left alone, decay included. Returns the two-norm of the change.
  double update(double lr, double gradient_scale);
  void discard_gradients();

  // What a checkpoint must hold beside the weights.
  struct State {
    Weight* weight;
    Moment first, second;  // m and v; M and none where Muon takes the whole weight
    uint64_t updates = 0;  // t
  };
  std::vector<State>& states() { return states_; }

  // Floating-point operations of the products of one update: Muon's.
  double update_flops() const;

 private:
  // A run of one weight's elements with one learning-rate factor.
  struct Block {
    size_t state, begin, count;
    size_t scale;  // the first of its codes' scales
    double lr_scale;
    bool by_muon;
  };
  // A tensor that Muon takes.
  struct Matrix {
    size_t state;
    const WeightPart* part;
    double lr_scale;
  };
  // Returns the first scale behind the part's.
  size_t add_blocks(size_t state, const WeightPart& part, size_t first_scale, bool by_muon);
  void add_state(Weight& weight);
  void refuse_idle_patterns(const std::vector<Weight*>& weights) const;
  double scale_of(const std::string& name);
  void update_by_adamw(double lr, double gradient_scale);
  double update_by_muon(double lr, double gradient_scale);

  AdamWOptions options_;
  std::vector<State> states_;
  std::vector<Block> blocks_;
  std::optional<Muon> muon_;
  std::vector<Matrix> matrices_;
  mutable std::vector<double> partial_;  // one sum a block
};

// The factor on gradients that brings their norm down to `limit`; 1 where it is below, or where the limit is
// 0.
double clip_scale(double norm, double limit);

}  // namespace bantam
