#include "simd/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "simd/isa.h"
#include "tensor/dtype.h"

namespace bantam {
namespace {

// One segment and key/value head in bf16, both directions, with softmax or error functions.
struct Problem {
  size_t group, width, window, length, begin;
  std::vector<bf16> q, k, v, y, dy, dq;
  std::vector<float> row_sums, dk, dv, scratch, alpha, beta, gamma;
  std::vector<double> dderf;

  Problem(size_t g, size_t w, size_t sees, size_t n, size_t from)
      : group(g),
        width(w),
        window(sees),
        length(n),
        begin(from),
        q(values(n * g * w, 1)),
        k(values(n * w, 2)),
        v(values(n * w, 3)),
        y(n * g * w),
        dy(values(n * g * w, 4)),
        dq(n * g * w),
        row_sums(n * g) {}
  Problem with_error_functions() const {
    Problem p = *this;
    for (size_t h = 0; h < group; ++h) {
      p.alpha.push_back(1 - 0.2f * static_cast<float>(h));
      p.beta.push_back(0.1f * static_cast<float>(h));
      p.gamma.push_back(1 + 0.1f * static_cast<float>(h));
    }
    return p;
  }

  static std::vector<bf16> values(size_t count, uint64_t seed) {
    std::vector<bf16> out(count);
    const RandomStream random(seed, "attention");
    for (size_t i = 0; i < count; ++i) out[i] = bf16(static_cast<float>(random.normal(i)));
    return out;
  }
  void run(const AttentionKernels& kernels) {
    AttentionTask task{q.data(),
                       k.data(),
                       v.data(),
                       group * width,
                       width,
                       width,
                       true,
                       group,
                       width,
                       window,
                       1.0f / std::sqrt(static_cast<float>(width)),
                       begin,
                       length,
                       nullptr,
                       row_sums.data(),
                       group,
                       alpha.empty() ? nullptr : alpha.data(),
                       beta.data(),
                       gamma.data()};
    scratch.assign(attention_scratch(task, true), NAN);  // nobody may count on what was there
    task.scratch = scratch.data();
    kernels.forward({task, y.data(), group * width});
    const size_t keys =
        (length - attention_first_key(task) + kAttentionBlock - 1) / kAttentionBlock * kAttentionBlock;
    dk.assign(keys * attention_padded_width(width), NAN);
    dv = dk;
    scratch.assign(scratch.size(), NAN);
    dderf.assign(3 * group, 0);
    kernels.backward({task, y.data(), dy.data(), group * width, group * width, dq.data(), group * width,
                      false, dk.data(), dv.data(), dderf.data()});
  }
};

template <class T>
void expect_near(const std::vector<T>& got, const std::vector<T>& want, double tolerance, const char* what) {
  double largest = 0, worst = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(static_cast<float>(want[i]))));
    const double difference = static_cast<float>(got[i]) - static_cast<float>(want[i]);
    ASSERT_TRUE(std::isfinite(difference)) << what << " " << i;
    worst = std::max(worst, std::abs(difference));
  }
  EXPECT_LE(worst, tolerance * largest) << what;
}

// Products of bf16 pairs against products of f32, whichever of them this CPU would choose.
void expect_agreement(const Problem& p) {
#if defined(__x86_64__)
  SCOPED_TRACE(testing::Message() << p.group << " heads of " << p.width << ", window " << p.window);
  Problem pairs = p, wide = p;
  wide.run(attention_f32);
  pairs.run(attention_avx512bf16);
  expect_near(pairs.y, wide.y, 1e-2, "y");
  expect_near(pairs.row_sums, wide.row_sums, 1e-5, "sums");
  expect_near(pairs.dq, wide.dq, 2e-2, "dq");
  expect_near(pairs.dk, wide.dk, 2e-2, "dk");
  expect_near(pairs.dv, wide.dv, 2e-2, "dv");
  if (p.alpha.empty()) return;
  // Sums of numbers that cancel, out of y in bf16; γ's is next to nothing.
  for (const size_t which : {0, 1}) {
    std::vector<double> got, want;
    for (size_t h = 0; h < p.group; ++h)
      got.push_back(pairs.dderf[3 * h + which]), want.push_back(wide.dderf[3 * h + which]);
    expect_near(got, want, 5e-2, "of alpha and beta");
  }
#endif
}

TEST(Attention, PairsAgreeWithF32) {
  if (isa() < Isa::avx512bf16) GTEST_SKIP() << "this CPU has no bf16 products";
  for (const Problem& p :
       {Problem(1, 64, 0, 200, 0), Problem(4, 64, 0, 130, 64), Problem(3, 16, 50, 200, 128),
        Problem(1, 7, 1, 65, 0), Problem(2, 184, 0, 33, 0), Problem(5, 80, 100, 301, 192)})
    expect_agreement(p);
}

TEST(Attention, PairsAgreeWithF32ForErrorFunctions) {
  if (isa() < Isa::avx512bf16) GTEST_SKIP() << "this CPU has no bf16 products";
  for (const Problem& p : {Problem(1, 64, 0, 200, 0), Problem(4, 64, 0, 130, 64), Problem(3, 7, 0, 33, 0)})
    expect_agreement(p.with_error_functions());
}

}  // namespace
}  // namespace bantam
