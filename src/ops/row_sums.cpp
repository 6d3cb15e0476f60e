#include "ops/row_sums.h"

#include <algorithm>

#include "base/threads.h"
#include "tensor/arena.h"

namespace bantam {
namespace {

constexpr size_t kBlocks = 16;

}  // namespace

void sum_over_rows(size_t rows, Mat target, bool accumulate,
                   FunctionRef<void(size_t t, float* partial)> row) {
  const size_t per_block = std::max(kRowsPerTask, (rows + kBlocks - 1) / kBlocks);
  const size_t blocks = (rows + per_block - 1) / per_block, width = target.data == nullptr ? 0 : target.cols;
  const Buffer memory(std::max<size_t>(1, blocks * width) * sizeof(float), Device::cpu, BufferUse::scratch);
  float* partials = width == 0 ? nullptr : static_cast<float*>(memory.data());
  parallel_for(blocks, [&](size_t block) {
    float* partial = partials == nullptr ? nullptr : partials + block * width;
    std::fill_n(partial, width, 0.0f);
    for (size_t t = block * per_block; t < std::min(rows, (block + 1) * per_block); ++t) row(t, partial);
  });
  if (partials == nullptr) return;
  float* total = target.row<float>(0);
  if (!accumulate) std::fill_n(total, width, 0.0f);
  for (size_t block = 0; block < blocks; ++block)
    for (size_t i = 0; i < width; ++i) total[i] += partials[block * width + i];
}

}  // namespace bantam
