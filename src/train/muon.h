// Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon), which steps along the nearest orthogonal matrix of the
// momentum, with length and decay as in Liu et al. 2025 (arXiv:2502.16982, section 2.2, equation 4): an update has the
// root mean square of one of AdamW's, so learning rate and decay are AdamW's. For a matrix W [R, C], G its clipped gradient:
//
//   M ← μ M + (1 − μ) G             U = μ M + (1 − μ) G with nesterov, else M
//   X ← U / ‖U‖, then five times    X ← a X + (b A + c A²) X,  A = X Xᵀ      (Newton–Schulz; R > C: from the right, A = Xᵀ X)
//   W ← W (1 − lr λ) − 0.2 √max(R, C) lr X
//
// with (a, b, c) = (3.4445, −4.7750, 2.0315). The products run in bf16 where the weight keeps a bf16 copy, their sums and X
// in f32. A matrix is a named tensor of the checkpoint: q, k and v, gate and up, each expert stand by themselves, however
// they share a product. Law: the products and sums are cut by shapes alone, so results do not depend on threads.
#pragma once
#include <vector>

#include "tensor/weight.h"
#include "train/recipe.h"

namespace bantam {

class Muon {
 public:
  explicit Muon(MuonRecipe options) : options_(std::move(options)) {}

  // Whether it takes this tensor: one of options.tensors, a matrix of at least two rows and columns that decays.
  bool takes(const Weight& weight, const WeightPart& part) const;
  // Makes room for updates of the tensor, which it takes.
  void prepare(const Weight& weight, const WeightPart& part);

  // One update of the tensor. momentum: of its weight, [rows, cols] as the master. keep: 1 − lr λ. Returns Σ change².
  double update(Weight& weight, const WeightPart& part, const Mat& momentum, double gradient_scale,
                double keep, double lr);

  // Floating-point operations of the products of one update of a matrix.
  static double flops(size_t rows, size_t cols);

 private:
  // X of the iterations above, from U in x.
  void orthogonalise(Device device, Dtype products, const Mat& x, double norm);

  MuonRecipe options_;
  // Room for the largest matrix, [1, elements] each: X, what products read of it, A and A², what products read of those.
  Output x_, x_operand_, gram_, square_, gram_operand_;
  std::vector<double> partial_;  // one sum a block
};

}  // namespace bantam
