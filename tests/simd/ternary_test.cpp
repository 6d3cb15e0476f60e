#include "simd/ternary.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "simd/isa.h"

namespace bantam {
namespace {

std::vector<std::pair<Isa, TernaryKernel>> kernels() {
  std::vector<std::pair<Isa, TernaryKernel>> all = {{Isa::plain, ternary::plain}};
#if defined(__x86_64__)
  all.insert(
      all.end(),
      {{Isa::avx2, ternary::avx2}, {Isa::avx512, ternary::avx512}, {Isa::avx512bf16, ternary::avx512vnni}});
#endif
  std::erase_if(all, [](const auto& kernel) { return kernel.first > cpu_isa(); });
  return all;
}

// Against the definition, code by code; extremes among them.
TEST(Ternary, EveryInstructionSetCountsTheSame) {
  constexpr size_t kMost = 1024;
  Random random(3, "ternary");
  for (const size_t k : {256, 512, 1024})
    for (const size_t rows : {1, 2, 3, 4, 5, 9}) {
      const size_t cols = 7, x_stride = k + 64;
      std::vector<int8_t> x(rows * x_stride);
      for (size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<int8_t>(i % 5 == 0 ? 127 : static_cast<int>(random.below(255)) - 127);
      std::vector<uint8_t> codes(cols * kMost, 2), packed(cols * k / 4);
      for (size_t c = 1; c < cols; ++c)
        for (size_t i = 0; i < k; ++i) codes[c * kMost + i] = static_cast<uint8_t>(random.below(3));
      for (size_t c = 0; c < cols; ++c)
        for (size_t i = 0; i < k; ++i)
          packed[c * k / 4 + i / 256 * 64 + i % 64] |=
              static_cast<uint8_t>(codes[c * kMost + i] << 2 * (i % 256 / 64));
      for (const auto& [isa, kernel] : kernels()) {
        std::vector<int32_t> y(rows * (cols + 1), -1);
        kernel({x.data(), x_stride, rows, packed.data(), cols, k, y.data(), cols + 1});
        for (size_t r = 0; r < rows; ++r) {
          for (size_t c = 0; c < cols; ++c) {
            int32_t want = 0;
            for (size_t i = 0; i < k; ++i) want += x[r * x_stride + i] * codes[c * kMost + i];
            ASSERT_EQ(y[r * (cols + 1) + c], want) << name_of(isa) << " " << k << " " << r << " " << c;
          }
          EXPECT_EQ(y[r * (cols + 1) + cols], -1);
        }
      }
    }
}

}  // namespace
}  // namespace bantam
