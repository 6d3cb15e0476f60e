// Exclusive self-attention: what attention adds of a token's own value is taken out again (Zhai 2026, arXiv:2603.09078).
#pragma once
#include <cstddef>

#include "tensor/tensor.h"

namespace bantam {

// y' = y − (y·u) u per query head h, with u = v / (‖v‖ + 1e-8), v the token's own value of kv head h / (H/G).
// y: [T, H·K]; v: [T, G·K]; f32, bf16 or f64, sums in f32. Differentiable in both.
Tensor without_own_value(const Tensor& y, const Tensor& v, size_t heads, size_t kv_heads);

}  // namespace bantam
