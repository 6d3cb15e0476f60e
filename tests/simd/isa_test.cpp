#include "simd/isa.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "hwy/targets.h"

namespace bantam {
namespace {

TEST(Isa, IsWhatTheEnvironmentAllows) {
  const char* wanted = std::getenv("BANTAM_ISA");
  EXPECT_LE(isa(), cpu_isa());
  EXPECT_EQ(isa_is_lowered(), isa() != cpu_isa());
  if (isa() < Isa::avx512bf16) {
    EXPECT_FALSE(bf16_products());
  }
  if (wanted == nullptr) {
    EXPECT_EQ(isa(), cpu_isa());
  } else {
    EXPECT_TRUE(name_of(isa()) == std::string(wanted) || isa() == cpu_isa());
  }
}

TEST(Isa, HighwayFollows) {
#if HWY_ARCH_X86
  const int64_t targets = hwy::SupportedTargets();
  EXPECT_EQ((targets & HWY_AVX3) != 0, isa() >= Isa::avx512);
  EXPECT_EQ((targets & HWY_AVX2) != 0, isa() >= Isa::avx2);
#endif
}

// The choice is made before main, so another run of this very program is asked.
TEST(Isa, NamesThatDoNotExistAreRefused) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto run = [&](const std::string& name) {
    return std::system(
        ("BANTAM_ISA=" + name + " " + self + " --gtest_filter=Isa.IsWhatTheEnvironmentAllows > /dev/null")
            .c_str());
  };
  EXPECT_EQ(run("plain"), 0);
  EXPECT_NE(run("avx1024"), 0);
}

}  // namespace
}  // namespace bantam
