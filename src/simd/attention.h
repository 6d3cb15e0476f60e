// What attention asks of one instruction set: the queries of one range of one segment that share a key/value
// head, forward and backward. Rows of work are (query, head of the group) pairs, query first; columns are
// keys.
//
// This header stays plain (no inline functions): files that are compiled for one instruction set include it.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace bantam {

// Rows of work and keys that are taken at a time. Blocks of keys are counted from the segment's start.
enum : size_t { kAttentionBlock = 64 };

struct AttentionTask {
  const void *q, *k,
      *v;  // the segment's first row: at the group's first head (q), at the key/value head (k, v)
  size_t q_stride, k_stride, v_stride;  // elements from row to row
  bool is_bf16;                         // else f32; all matrices below too
  size_t group, width, window;
  float scale;
  size_t begin, end;  // queries, counted from the segment's start
  float* scratch;     // attention_scratch() of them
  // [query, head], at the group's first head: log2 Σ exp(score), of error functions Σ a + 1e-8; null when nobody asks.
  float* row_sums;
  size_t row_sums_stride;
  // Of error functions (ops/derf_attention.h), one number a head from the group's first on; null: softmax.
  const float *alpha, *beta, *gamma;
};

struct AttentionForward : AttentionTask {
  void* y;
  size_t y_stride;
};

struct AttentionBackward : AttentionTask {
  const void *y, *dy;  // laid out as q
  size_t y_stride, dy_stride;
  void* dq;  // or null
  size_t dq_stride;
  bool add_dq;
  // The sums over these queries, [end - first key, padded width]; before the scale is applied.
  float *dk, *dv;
  double* dderf;  // of error functions: the sums for α, β and γ of each head of the group, added to
};

// The first key that the task's queries can see, rounded down to a block.
size_t attention_first_key(const AttentionTask& task);
// Columns of a row in scratch and of dk and dv.
size_t attention_padded_width(size_t width);
size_t attention_scratch(const AttentionTask& task, bool backward);

struct AttentionKernels {
  void (*forward)(const AttentionForward& task);
  void (*backward)(const AttentionBackward& task);
};

// The faster ones on this CPU for the element type.
const AttentionKernels& attention_kernels(bool is_bf16);

// Both element types, computed in f32; of the best instruction set.
extern const AttentionKernels attention_f32;
#if defined(__x86_64__)
// bf16 alone, multiplied in pairs; probabilities and their gradients are rounded to bf16 on the way.
extern const AttentionKernels attention_avx512bf16;
#endif

}  // namespace bantam
