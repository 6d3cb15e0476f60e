// Rows of a table, by id.
#pragma once
#include <cstdint>
#include <span>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// y[t] = table[ids[t]], in the table's master dtype; a row of zeros where ids[t] is −1 (a position without a token).
// table: [V, D]. Differentiable in table. Every id is below V (checked).
Tensor embedding(Weight& table, std::span<const int32_t> ids);

// y[t] = the mean of the rows of `table` that `rows` names for it, `per_token` entries each, −1 for none; zeros without any.
// Differentiable in table.
Tensor embedding_mean(Weight& table, std::span<const int32_t> rows, size_t per_token);

}  // namespace bantam
