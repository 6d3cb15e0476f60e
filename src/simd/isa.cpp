#include "simd/isa.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/error.h"
#include "hwy/targets.h"

namespace bantam {
namespace {

constexpr Isa kAll[] = {Isa::plain, Isa::avx2, Isa::avx512, Isa::avx512bf16};

// The targets of Highway that go beyond `isa`.
int64_t targets_above([[maybe_unused]] Isa isa) {
  int64_t above = 0;
#if HWY_ARCH_X86
  if (isa < Isa::avx512) above |= HWY_AVX3 | HWY_AVX3_DL;
  if (isa < Isa::avx2) above |= HWY_AVX2 | HWY_SSE4 | HWY_SSSE3;
#endif
  return above;
}

// By the CPU's kind and not by measurement: the choice decides bits.
bool bf16_instructions_pay() {
#if defined(__x86_64__)
  if (cpu_isa() < Isa::avx512bf16) return false;
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool has_amx_bf16 = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1u << 22)) != 0;
  return has_amx_bf16 || !__builtin_cpu_is("intel");
#else
  return false;
#endif
}

struct Choice {
  Isa isa = cpu_isa();
  const char* unknown = nullptr;  // BANTAM_ISA, when it names no instruction set

  Choice() {
    const char* wanted = std::getenv("BANTAM_ISA");
    if (wanted == nullptr || *wanted == '\0') return;
    const auto* found = std::find_if(std::begin(kAll), std::end(kAll), [&](Isa candidate) {
      return std::string_view(wanted) == name_of(candidate);
    });
    if (found == std::end(kAll)) {
      unknown = wanted;
      return;
    }
    isa = std::min(isa, *found);
    hwy::DisableTargets(targets_above(isa));
  }
};

const Choice& choice() {
  static const Choice instance;
  return instance;
}
// Before main, so that no kernel has run yet.
[[maybe_unused]] const Choice& chosen_at_start = choice();

}  // namespace

const char* name_of(Isa isa) {
  switch (isa) {
    case Isa::plain:
      return "plain";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::avx512bf16:
      return "avx512bf16";
  }
  return "?";
}

Isa cpu_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
    return Isa::plain;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return Isa::avx2;
  if (!__builtin_cpu_supports("avx512bf16") || !__builtin_cpu_supports("avx512vnni")) return Isa::avx512;
  return Isa::avx512bf16;
#else
  return Isa::plain;
#endif
}

Isa isa() {
  require(choice().unknown == nullptr, ErrorCode::usage,
          "BANTAM_ISA: '{}' is no instruction set; use plain, avx2, avx512 or avx512bf16, or leave it unset",
          choice().unknown);
  return choice().isa;
}

bool isa_is_lowered() { return isa() < cpu_isa(); }

bool bf16_products() {
  static const bool native = [] {
    const char* wanted = std::getenv("BANTAM_BF16");
    const std::string_view name = wanted == nullptr ? "" : wanted;
    require(name.empty() || name == "native" || name == "widened", ErrorCode::usage,
            "BANTAM_BF16: '{}' is unknown; use native or widened, or leave it unset", name);
    if (isa() < Isa::avx512bf16 || name == "widened") return false;
    return name == "native" || bf16_instructions_pay();
  }();
  return native;
}

}  // namespace bantam
