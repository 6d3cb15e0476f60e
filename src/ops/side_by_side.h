// Columns of several tensors as one.
#pragma once
#include <vector>

#include "tensor/tensor.h"

namespace bantam {

// [T, C₁], [T, C₂], … → [T, C₁ + C₂ + …], all of the first one's dtype. Differentiable.
Tensor side_by_side(const std::vector<Tensor>& parts);

}  // namespace bantam
