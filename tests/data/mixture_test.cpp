#include "data/mixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"

namespace bantam {
namespace {

TEST(Mixture, GivesEachSourceItsShareAlongTheWay) {
  const std::vector<double> weights = {0.5, 7, 0.001, 2.5, 3};
  const Mixture mixture(weights, 17);
  std::vector<uint64_t> drawn(weights.size(), 0);
  for (uint64_t row = 0; row < 50'000; ++row) {
    if (row % 997 == 0) {
      EXPECT_EQ(mixture.drawn_before(row), drawn);
    }
    const Mixture::Draw draw = mixture.draw(row);
    EXPECT_EQ(draw.ordinal, drawn[draw.source]++);
    if (row % 100 != 99) continue;
    for (size_t s = 0; s < weights.size(); ++s)
      EXPECT_LE(std::abs(static_cast<double>(drawn[s]) - static_cast<double>(row + 1) * weights[s] / 13.001),
                4.0);
  }
}

TEST(Mixture, IsAPureFunctionOfTheRow) {
  const std::vector<double> weights = {1, 2.01};
  const Mixture mixture(weights, 17), other(weights, 18);
  const uint64_t far = uint64_t{1} << 40;
  const auto draw = mixture.draw(far);
  EXPECT_EQ(mixture.draw(far).ordinal, draw.ordinal);
  EXPECT_NEAR(static_cast<double>(draw.ordinal) / static_cast<double>(far),
              draw.source == 0 ? 1 / 3.01 : 2.01 / 3.01, 1e-9);
  int differs = 0;
  for (uint64_t row = 0; row < 1000; ++row) differs += mixture.draw(row).source != other.draw(row).source;
  EXPECT_GT(differs, 0);
}

TEST(Mixture, OneSourceTakesAll) {
  const Mixture mixture(std::vector<double>{0.3}, 1);
  for (uint64_t row : {0, 1, 1000}) {
    EXPECT_EQ(mixture.draw(row).source, 0u);
    EXPECT_EQ(mixture.draw(row).ordinal, row);
  }
}

TEST(Mixture, RefusesUselessWeights) {
  EXPECT_THROW(Mixture({}, 1), Error);
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL})
    EXPECT_THROW(Mixture(std::vector<double>{1, bad}, 1), Error);
}

}  // namespace
}  // namespace bantam
