#include "ops/gemm.h"

#include <utility>

#include "base/threads.h"
#include "ops/gemm_onednn.h"
#include "simd/isa.h"
#include "simd/product.h"
#include "tensor/arena.h"
#include "tensor/copy.h"

namespace bantam {
namespace {

constexpr int kScratchSlot = 0;

// Large blocks repay the packing of their operands; there should be enough of them to share out, unless that
// would make them too short to be worth a task.
std::pair<Cut, Cut> blocks(size_t m, size_t n, size_t k) {
  constexpr size_t kTasks = 8;
  constexpr double kWorthATask = 1 << 20;
  size_t rows = 256, cols = 512;
  const auto tasks = [&] { return Cut(m, rows).count * Cut(n, cols).count; };
  while (tasks() < kTasks && (rows > 64 || cols > 64)) {
    const size_t longer = std::max(std::min(rows, m), std::min(cols, n));
    if (static_cast<double>(std::min(rows, m)) * static_cast<double>(std::min(cols, n) * k) < kWorthATask)
      break;
    (longer == std::min(cols, n) && cols > 64 ? cols : rows) /= 2;
  }
  return {Cut(m, rows), Cut(n, cols)};
}

BlockOperand operand(const ConstMat& mat, bool transposed) {
  return {mat.data, mat.stride, mat.dtype == Dtype::bf16, transposed};
}

void gemm_own(const ProductKernels& kernels, const GemmOperand& a, const GemmOperand& b, Mat c,
              bool accumulate, const float* bias) {
  const size_t k = a.transposed ? a.mat.rows : a.mat.cols;
  const auto [rows, cols] = blocks(c.rows, c.cols, k);
  parallel_for(rows.count * cols.count, [&, &rows = rows, &cols = cols](size_t task) {
    const size_t i = task % rows.count, j = task / rows.count;
    const size_t row = i * rows.size, col = j * cols.size, m = rows.length(i), n = cols.length(j);
    const Mat c_block = c.slice_rows(row, m).slice_cols(col, n);
    kernels.block({operand(a.transposed ? a.mat.slice_cols(row, m) : a.mat.slice_rows(row, m), a.transposed),
                   operand(b.transposed ? b.mat.slice_rows(col, n) : b.mat.slice_cols(col, n), b.transposed),
                   m, n, k, c_block.data, c_block.stride, c.dtype == Dtype::bf16, accumulate,
                   bias == nullptr ? nullptr : bias + col,
                   thread_scratch(kScratchSlot, kernels.scratch_bytes(m, n))});
  });
}

// A copy of `mat` in f32, held by `memory`.
ConstMat widened(const ConstMat& mat, Buffer& memory) {
  memory = Buffer(mat.rows * mat.cols * sizeof(float), Device::cpu, BufferUse::scratch);
  const Mat wide(memory.data(), mat.rows, mat.cols, mat.cols, Dtype::f32);
  copy(Device::cpu, mat, wide);
  return wide;
}

}  // namespace

void gemm(const GemmOperand& a, const GemmOperand& b, Mat c, bool accumulate, const float* bias) {
  BANTAM_ASSERT(a.mat.dtype == b.mat.dtype);
  BANTAM_ASSERT((a.transposed ? a.mat.cols : a.mat.rows) == c.rows &&
                (b.transposed ? b.mat.rows : b.mat.cols) == c.cols);
  BANTAM_ASSERT((a.transposed ? a.mat.rows : a.mat.cols) == (b.transposed ? b.mat.cols : b.mat.rows));
  if (c.rows == 0 || c.cols == 0) return;
  const bool narrow = a.mat.dtype == Dtype::bf16;
  if (narrow && !bf16_products()) {
    if (const ProductKernels* own = product_kernels()) return gemm_own(*own, a, b, c, accumulate, bias);
    Buffer a_memory, b_memory;
    return gemm({widened(a.mat, a_memory), a.transposed}, {widened(b.mat, b_memory), b.transposed}, c,
                accumulate, bias);
  }
  if (!narrow && c.dtype == Dtype::bf16) {
    const Buffer memory(c.rows * c.cols * sizeof(float), Device::cpu, BufferUse::scratch);
    const Mat wide(memory.data(), c.rows, c.cols, c.cols, Dtype::f32);
    if (accumulate) copy(Device::cpu, c, wide);
    gemm_onednn(a, b, wide, accumulate, bias);
    return copy(Device::cpu, wide, c);
  }
  gemm_onednn(a, b, c, accumulate, bias);
}

}  // namespace bantam
