// Attention of training on the CPU, by blocks of keys (simd/attention.h), with softmax or error functions: how queries
// are cut into tasks, and how tasks' shares of the gradients of keys and values are added up.
#pragma once
#include "ops/attention.h"

namespace bantam {

struct AttentionProblem {
  AttentionShape shape;
  const Segments& segments;
  // Of error functions (ops/derf_attention.h): [1, H] f32 each, and on the way back [H, 3] sums for them, added to. No
  // data: softmax.
  ConstMat alpha = {}, beta = {}, gamma = {};
  double* dderf = nullptr;

  size_t group() const { return shape.heads / shape.kv_heads; }
  double pairs() const;  // queries and keys that meet, over all segments and heads
};

// q: [T, H·K], k and v: [T, G·K], f32 or bf16, y as q. row_sums: [T, H] f32 for the way back, or no data.
void attention_by_blocks(const AttentionProblem& problem, ConstMat q, ConstMat k, ConstMat v, Mat y,
                         Mat row_sums);

// Bytes in which the way back sums: every range of queries has sums of its own for dk and dv, so that ranges do not wait
// for each other.
size_t attention_sums_bytes(const AttentionProblem& problem);

// sums: attention_sums_bytes(). dq, dk, dv: overwritten or added to; no data: not wanted.
void attention_by_blocks_backward(const AttentionProblem& problem, ConstMat q, ConstMat k, ConstMat v,
                                  ConstMat y, Mat row_sums, ConstMat dy, const Buffer& sums, Mat dq,
                                  bool add_dq, Mat dk, bool add_dk, Mat dv, bool add_dv);

}  // namespace bantam
