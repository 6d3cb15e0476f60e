#include "ops/machine.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/threads.h"
#include "ops/linear.h"
#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Tensor ones(size_t rows, size_t cols, Dtype dtype) {
  Output filled(rows, cols, Dtype::f32, Device::cpu);
  std::fill_n(filled.mat().row<float>(0), rows * cols, 1.0f);
  Output out(rows, cols, dtype, Device::cpu);
  copy(Device::cpu, filled.mat(), out.mat());
  return constant("input of a measurement", std::move(out));
}

}  // namespace

double measured_gemm_gflops(Dtype dtype, double seconds) {
  constexpr size_t kRows = 2048, kIn = 512, kOut = 1408;
  Weight weight;
  weight.name = "measured";
  weight.rows = kOut;
  weight.cols = kIn;
  weight.master = ones(kOut, kIn, Dtype::f32);
  if (dtype == Dtype::bf16) weight.low = ones(kOut, kIn, Dtype::bf16);
  weight.trainable = false;
  const Tensor x = ones(kRows, kIn, dtype);
  const Tape training;  // the products of training, not those of decoding
  double best = 0;
  for (const double end = now() + seconds; best == 0 || now() < end;) {
    const double start = now();
    linear(x, weight);
    best = std::max(best, 2.0 * kRows * kIn * kOut / (now() - start) / 1e9);
  }
  return best;
}

double measured_read_gigabytes(size_t megabytes) {
  const size_t bytes = megabytes << 20, words = bytes / sizeof(uint64_t);
  const Buffer buffer(bytes, Device::cpu);
  auto* data = static_cast<uint64_t*>(buffer.data());
  constexpr size_t kBlock = 1 << 18;
  parallel_blocks(words, kBlock, [&](size_t begin, size_t end) { std::fill(data + begin, data + end, 1); });
  double best = 0;
  for (int round = 0; round < 3; ++round) {
    const double start = now();
    std::vector<uint64_t> sums((words + kBlock - 1) / kBlock);
    parallel_blocks(words, kBlock, [&](size_t begin, size_t end) {
      uint64_t a = 0, b = 0, c = 0, d = 0;
      for (size_t i = begin; i + 4 <= end; i += 4)
        a += data[i], b += data[i + 1], c += data[i + 2], d += data[i + 3];
      sums[begin / kBlock] = a + b + c + d;
    });
    volatile uint64_t kept = 0;
    for (const uint64_t sum : sums) kept = kept + sum;
    best = std::max(best, static_cast<double>(bytes) / (now() - start) / 1e9);
  }
  return best;
}

}  // namespace bantam
