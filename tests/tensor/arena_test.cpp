#include "tensor/arena.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bantam {
namespace {

constexpr size_t kMega = size_t{1} << 20;

// Nothing is free at the start; on shapes, so that sizes cost nothing.
class Arena : public testing::Test {
 protected:
  Arena() { release_free_memory(Device::meta); }
  ~Arena() override { release_free_memory(Device::meta); }
  static uint64_t calls() { return arena_use(Device::meta).system_calls; }
  static uint64_t live() { return arena_use(Device::meta).live_bytes; }
};

TEST_F(Arena, ATensorTakesABlockOfItsOwnSizeOnly) {
  { const Buffer large(8 * kMega, Device::meta); }
  const uint64_t before = calls();
  const Buffer small(3 * kMega, Device::meta);
  EXPECT_EQ(calls(), before + 1);
  const Buffer again(8 * kMega, Device::meta);
  EXPECT_EQ(calls(), before + 1);
}

TEST_F(Arena, ScratchTakesTheSmallestBlockOfScratchThatIsLargeEnough) {
  const auto scratch = [](size_t bytes) { return Buffer(bytes, Device::meta, BufferUse::scratch); };
  { const Buffer a = scratch(8 * kMega), b = scratch(5 * kMega), c = scratch(2 * kMega); }
  const uint64_t before = calls(), live_before = live();
  {
    const Buffer d = scratch(3 * kMega);
    EXPECT_EQ(live(), live_before + 3 * kMega);  // what was asked for, of the one of 5
    const Buffer e = scratch(7 * kMega), f = scratch(kMega);
    EXPECT_EQ(calls(), before);
  }
  EXPECT_EQ(live(), live_before);
}

TEST_F(Arena, ScratchThatIsTooSmallMakesRoom) {
  const uint64_t calls_before = calls(), reserved_before = arena_use(Device::meta).reserved_bytes;
  for (const size_t megabytes : {2, 4, 3, 4, 2}) {
    const Buffer scratch(megabytes * kMega, Device::meta, BufferUse::scratch);
    EXPECT_LE(arena_use(Device::meta).reserved_bytes, reserved_before + 4 * kMega);
  }
  EXPECT_EQ(calls(), calls_before + 2);
}

TEST_F(Arena, TensorsAndScratchDoNotTakeFromEachOther) {
  { const Buffer tensor(4 * kMega, Device::meta); }
  const uint64_t before = calls();
  { const Buffer scratch(3 * kMega, Device::meta, BufferUse::scratch); }
  EXPECT_EQ(calls(), before + 1);
  const Buffer tensor(3 * kMega, Device::meta);
  EXPECT_EQ(calls(), before + 2);
}

TEST_F(Arena, WhatIsFreeGoesBackToTheSystem) {
  const Buffer kept(kMega, Device::meta);
  { const Buffer freed(4 * kMega, Device::meta); }
  EXPECT_EQ(arena_use(Device::meta).reserved_bytes, live() + 4 * kMega);
  release_free_memory(Device::meta);
  EXPECT_EQ(arena_use(Device::meta).reserved_bytes, live());
}

TEST_F(Arena, ScratchHoldsWhatIsWrittenToIt) {
  { const Buffer large(5 * kMega, Device::cpu, BufferUse::scratch); }
  const Buffer scratch(3 * kMega, Device::cpu, BufferUse::scratch);
  auto* bytes = static_cast<unsigned char*>(scratch.data());
  std::fill_n(bytes, 3 * kMega, static_cast<unsigned char>(7));
  EXPECT_EQ(bytes[0] + bytes[3 * kMega - 1], 14);
}

}  // namespace
}  // namespace bantam
