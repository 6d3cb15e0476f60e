#include "formats/ternary_blocks.h"
#include "formats/safetensors.h"

#include <gmock/gmock.h>

#include <cstring>

#include "base/error.h"
#include "base/random.h"
#include "formats/half.h"
#include "formats/stored_values.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

std::vector<int8_t> random_signs(size_t count, uint64_t seed) {
  Random random(seed, "signs");
  std::vector<int8_t> signs(count);
  for (int8_t& sign : signs) sign = static_cast<int8_t>(static_cast<int>(random.below(3)) - 1);
  return signs;
}

// What ggml's encoder wrote, block by block, and what its decoder made of it.
TEST(TernaryBlocks, AMultipleOf256IsTq20) {
  const SafetensorsFile file(std::filesystem::path(BANTAM_SOURCE_DIR) / "tests/golden/tq2_0.safetensors");
  const std::vector<float> want = stored_floats(file, *file.find("deq"));
  const std::span<const std::byte> bytes = file.bytes(*file.find("bytes"));
  ASSERT_EQ(bytes.size(), want.size() / 256 * 66);
  for (size_t block = 0; block < want.size() / 256; ++block) {
    const TernaryBlocks one(bytes.subspan(66 * block, 66), 1, 256, "golden");
    std::vector<int8_t> signs(256);
    for (size_t i = 0; i < 256; ++i) {
      signs[i] = static_cast<int8_t>(one.sign(0, i));
      ASSERT_EQ(static_cast<float>(signs[i]) * one.unit(), want[256 * block + i]) << block << " " << i;
    }
    std::vector<std::byte> again(66);
    write_ternary_row(signs, one.unit(), again);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), bytes.begin() + static_cast<ptrdiff_t>(66 * block)));
  }
}

TEST(TernaryBlocks, WhatIsWrittenReadsBack) {
  for (const auto& [columns, row_bytes] :
       {std::pair<size_t, size_t>{1, 10}, {32, 10}, {33, 20}, {1408, 440}, {256, 66}, {512, 132}}) {
    ASSERT_EQ(ternary_row_bytes(columns), row_bytes);
    const std::vector<int8_t> signs = random_signs(3 * columns, columns);
    std::vector<std::byte> bytes(3 * row_bytes);
    uint64_t others = 0;
    for (size_t row = 0; row < 3; ++row)
      write_ternary_row(std::span(signs).subspan(row * columns, columns), 0.03125f,
                        std::span(bytes).subspan(row * row_bytes, row_bytes));
    const TernaryBlocks read(bytes, 3, columns, "here");
    for (size_t i = 0; i < signs.size(); ++i) {
      ASSERT_EQ(read.sign(i / columns, i % columns), signs[i]) << columns << " " << i;
      others += signs[i] != 0 ? 1 : 0;
    }
    EXPECT_EQ(read.other_than_zero(), others);
    if (others > 0) {
      EXPECT_EQ(read.unit(), 0.03125f);
    }
  }
}

TEST(TernaryBlocks, WhatNoWriterWroteIsRefused) {
  std::vector<std::byte> good(20);
  for (size_t row = 0; row < 2; ++row)
    write_ternary_row(random_signs(32, 1), 0.5f, std::span(good).subspan(10 * row, 10));
  const auto refusal = [&](size_t at, std::vector<uint8_t> change) {
    std::vector<std::byte> bytes = good;
    for (size_t i = 0; i < change.size(); ++i) bytes[at + i] = std::byte{change[i]};
    try {
      TernaryBlocks(bytes, 2, 32, "w.safetensors: w");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(0, {}), "");
  EXPECT_THAT(refusal(13, {0x0c}), HasSubstr("w.safetensors: w: block 1 has the code 3"));
  EXPECT_THAT(refusal(8, {0, 0}), HasSubstr("unit 0"));
  EXPECT_THAT(refusal(8, {0, 0xbc}), HasSubstr("unit -1"));
  EXPECT_THAT(refusal(8, {0, 0x7c}), HasSubstr("unit inf"));
  EXPECT_THAT(refusal(8, {0, 0x7e}), HasSubstr("positive number"));
  EXPECT_THAT(refusal(18, {0, 0x3c}), HasSubstr("block 1 has the unit 1, others 0.5"));
}

TEST(TernaryBlocks, NothingStandsBehindTheLastColumn) {
  std::vector<std::byte> bytes(10);
  write_ternary_row(random_signs(31, 1), 0.5f, bytes);
  EXPECT_NO_THROW(TernaryBlocks(bytes, 1, 31, "here"));
  bytes[7] |= std::byte{0x80};  // of column 31: 1 becomes 3, a code of nothing
  EXPECT_THROW(TernaryBlocks(bytes, 1, 31, "here"), Error);
  bytes[7] &= std::byte{0xbf};  // 2, a plus
  EXPECT_THROW(TernaryBlocks(bytes, 1, 31, "here"), Error);
  EXPECT_NO_THROW(TernaryBlocks(bytes, 1, 32, "here"));
}

TEST(TernaryBlocks, ABlockOfZerosNeedsNoUnit) {
  std::vector<std::byte> bytes(20);
  write_ternary_row(std::vector<int8_t>(32), 0, std::span(bytes).first(10));
  write_ternary_row(std::vector<int8_t>(32, 1), 0.5f, std::span(bytes).subspan(10));
  EXPECT_EQ(TernaryBlocks(bytes, 2, 32, "here").unit(), 0.5f);
  EXPECT_EQ(TernaryBlocks(std::span(bytes).first(10), 1, 32, "here").unit(), 0);
}

TEST(Half, EveryNumberThereAndBack) {
  for (uint32_t h = 0; h < 0x10000; ++h) {
    const float value = half_to_float(static_cast<uint16_t>(h));
    if (!std::isnan(value)) {
      ASSERT_EQ(float_to_half(value), h);
    }
  }
  EXPECT_EQ(float_to_half(1 + 0x1p-11f), 0x3c00);      // a tie, to even
  EXPECT_EQ(float_to_half(1 + 3 * 0x1p-11f), 0x3c02);  // and up
  EXPECT_EQ(float_to_half(1 + 0x1.1p-11f), 0x3c01);
  EXPECT_EQ(float_to_half(65519.0f), 0x7bff);
  EXPECT_EQ(float_to_half(-65520.0f), 0xfc00);
  EXPECT_EQ(float_to_half(0x1.8p-25f), 0x0001);
}

}  // namespace
}  // namespace bantam
