#include "data/permutation.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace bantam {
namespace {

std::vector<uint64_t> all(uint64_t size, uint64_t seed, uint64_t stream) {
  const Permutation permutation(size, seed, stream);
  std::vector<uint64_t> values;
  for (uint64_t i = 0; i < size; ++i) values.push_back(permutation(i));
  return values;
}

TEST(Permutation, IsABijectionOfAnyRange) {
  for (const uint64_t size : {1, 2, 3, 4, 5, 16, 17, 100, 255, 256, 257, 4097, 20000}) {
    const auto values = all(size, 7, 1);
    const std::set<uint64_t> distinct(values.begin(), values.end());
    EXPECT_EQ(distinct.size(), size);
    EXPECT_EQ(*distinct.rbegin(), size - 1);
  }
}

TEST(Permutation, IsAnotherOneForAnotherKey) {
  EXPECT_NE(all(1000, 7, 1), all(1000, 7, 2));
  EXPECT_NE(all(1000, 7, 1), all(1000, 8, 1));
  EXPECT_EQ(all(1000, 7, 1), all(1000, 7, 1));
  const Permutation large(uint64_t{1} << 62, 7, 1);
  EXPECT_LT(large(12345), uint64_t{1} << 62);
}

TEST(Permutation, LeavesNoTraceOfTheOrder) {
  // Neighbours end up uncorrelated, and each place gets each value about equally often.
  const uint64_t size = 64, keys = 6400;
  std::vector<int> first(size, 0);
  double product = 0;
  for (uint64_t key = 0; key < keys; ++key) {
    const Permutation permutation(size, 3, key);
    ++first[permutation(0)];
    product += (static_cast<double>(permutation(5)) - 31.5) * (static_cast<double>(permutation(6)) - 31.5);
  }
  double chi2 = 0;
  for (const int count : first) chi2 += (count - 100.0) * (count - 100.0) / 100.0;
  EXPECT_LT(chi2, 120);  // 63 degrees of freedom: mean 63, standard deviation 11
  EXPECT_LT(std::abs(product / static_cast<double>(keys) / 341.25),
            0.06);  // correlation, standard deviation 0.0125
}

TEST(Permutation, GivesTheseValuesOnEveryMachine) {
  EXPECT_EQ(all(10, 17, 42), (std::vector<uint64_t>{7, 0, 9, 1, 5, 4, 8, 6, 2, 3}));
}

}  // namespace
}  // namespace bantam
