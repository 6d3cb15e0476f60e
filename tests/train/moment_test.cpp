#include "train/moment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace bantam {
namespace {

TEST(MomentCode, HasThePapersValues) {
  const std::span<const float> with_sign = code_values(MomentCode::with_sign),
                               without = code_values(MomentCode::without_sign);
  for (const auto& values : {with_sign, without}) {
    ASSERT_EQ(values.size(), 256u);
    EXPECT_EQ(values.back(), 1);
    for (size_t i = 1; i < values.size(); ++i) ASSERT_LT(values[i - 1], values[i]);
  }
  EXPECT_FLOAT_EQ(with_sign[0], -0.99296875f);
  EXPECT_EQ(with_sign[127], 0);
  EXPECT_FLOAT_EQ(with_sign[128], 0.55e-6f);  // the middle of (0.1, 1) · 10⁻⁶
  EXPECT_FLOAT_EQ(with_sign[129], 0.325e-5f);
  EXPECT_EQ(without[0], 0);
  EXPECT_FLOAT_EQ(without[1], 0.325e-6f);
  EXPECT_FLOAT_EQ(without[254], 0.996484375f);
}

TEST(MomentCode, TakesTheNearestValueOfEachBlock) {
  for (const MomentCode code : {MomentCode::with_sign, MomentCode::without_sign})
    for (const size_t count : {1, 3, 16, 200, 256}) {
      const RandomStream random(7, "moment");
      std::vector<float> values(count), back(count);
      for (size_t i = 0; i < count; ++i) {
        values[i] = static_cast<float>(random.normal(i) * std::pow(10, -6 * random.uniform(i + 1000)));
        if (code == MomentCode::without_sign) values[i] *= values[i];
      }
      std::vector<uint8_t> codes(count);
      float scale = 0;
      encode_moment(values, code, codes.data(), scale);
      decode_moment(codes, code, scale, back.data());
      for (size_t i = 0; i < count; ++i) {
        double nearest = INFINITY;
        for (const float value : code_values(code))
          if (code == MomentCode::with_sign || value > 0)
            nearest = std::min(nearest, std::abs(double{value} * scale - values[i]));
        ASSERT_NEAR(std::abs(double{back[i]} - values[i]), nearest, 2e-7 * scale) << i;
      }
      std::vector<uint8_t> again(count);
      encode_moment(back, code, again.data(), scale);
      EXPECT_EQ(scale > 0, true);
    }
}

TEST(MomentCode, ZeroStaysZeroAndNothingElseBecomesIt) {
  std::vector<uint8_t> codes(3);
  std::vector<float> back(3);
  float scale = -1;
  encode_moment(std::vector<float>{0, 0, 0}, MomentCode::without_sign, codes.data(), scale);
  decode_moment(codes, MomentCode::without_sign, scale, back.data());
  EXPECT_EQ(back, (std::vector<float>{0, 0, 0}));
  encode_moment(std::vector<float>{1, 1e-30f, 0}, MomentCode::without_sign, codes.data(), scale);
  decode_moment(codes, MomentCode::without_sign, scale, back.data());
  EXPECT_EQ(back[0], 1);
  EXPECT_FLOAT_EQ(back[1], 0.325e-6f);
  EXPECT_EQ(back[2], 0);
}

}  // namespace
}  // namespace bantam
