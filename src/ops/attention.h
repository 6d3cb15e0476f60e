// Causal softmax attention with grouped key/value heads, within segments.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ops/segment.h"
#include "tensor/tensor.h"

namespace bantam {

struct AttentionShape {
  size_t heads = 1, kv_heads = 1;  // H and G; kv_heads divides heads
  size_t head_width = 64;          // K
  float scale = 0.125f;
  size_t window = 0;  // a query sees at most its last `window` keys, itself included; 0: all
};

// Under a tape (training): q: [T, H·K], k and v: [T, G·K], same dtype; result [T, H·K] of that dtype. Query t
// of a segment sees keys of that segment up to t. Differentiable in q, k and v. Dao et al. 2022
// (arXiv:2205.14135): blocks of keys, online softmax, scores recomputed on the way back.
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionShape& shape,
                 const Segments& segments);

// The keys and values that one sequence remembers, its newest tokens included: rows of G·K in f32 or bf16
// (f64 on the reference device), for the positions first, first + 1, …
struct KeyValueView {
  ConstMat keys, values;
  size_t first = 0;
};

// Without a tape (decoding): the queries of segment s are the last segments[s].length positions of past[s].
// Law: keys are taken in spans counted from position 0, and within a span each score and each output is one
// chain of multiply-adds over what the query sees. A query's bits depend on its keys alone: not on the other
// queries, nor on how a sequence was cut into calls, nor on what was dropped from behind its window.
Tensor attention_over(const Tensor& q, std::span<const KeyValueView> past, const AttentionShape& shape,
                      const Segments& segments);

}  // namespace bantam
