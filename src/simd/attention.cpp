#include "simd/attention.h"

#include "simd/isa.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/attention.cpp"
#include "simd/foreach_target.h"
// After it: the instance for each instruction set.
#include "simd/derf_attention-inl.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

void forward(const AttentionForward& task) {
  task.is_bf16 ? forward_of<F32Operands<bf16>>(task) : forward_of<F32Operands<float>>(task);
}
void backward(const AttentionBackward& task) {
  task.is_bf16 ? backward_of<F32Operands<bf16>>(task) : backward_of<F32Operands<float>>(task);
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(forward);
HWY_EXPORT(backward);

}  // namespace

const AttentionKernels attention_f32{BANTAM_DISPATCH(forward), BANTAM_DISPATCH(backward)};

const AttentionKernels& attention_kernels(bool is_bf16) {
#if defined(__x86_64__)
  if (is_bf16 && bf16_products()) return attention_avx512bf16;
#endif
  return attention_f32;
}

size_t attention_first_key(const AttentionTask& task) {
  if (task.window == 0 || task.begin + 1 < task.window) return 0;
  return (task.begin + 1 - task.window) / kAttentionBlock * kAttentionBlock;
}

// Whole vectors of every instruction set.
size_t attention_padded_width(size_t width) { return (width + 15) / 16 * 16; }

// What forward_task and backward_task take, in f32 words; bf16 takes less.
size_t attention_scratch(const AttentionTask& task, bool backward) {
  const size_t padded = attention_padded_width(task.width), block = kAttentionBlock;
  const size_t keys = (task.end - attention_first_key(task) + block - 1) / block * block;
  const size_t matrices = backward ? 3 : 2, rows = backward ? 5 : 2, squares = backward ? 5 : 2;
  const size_t of_rows = backward ? 2 * 16 + 7 : 16 + 4;  // sums by lanes and numbers of each row
  return matrices * keys * padded + block * (rows * padded + squares * block + of_rows);
}

}  // namespace bantam
#endif
