// Which instruction sets the program uses: what this CPU has, or less if BANTAM_ISA says so. Results are the
// same bits on every run with one instruction set; between two of them they differ by rounding.
#pragma once
#include <cstdint>

namespace bantam {

// In order: each includes the ones before. avx512: F, BW, DQ, VL; avx512bf16: with bf16 dot products, and VNNI, which
// every CPU with those has.
enum class Isa : uint8_t { plain, avx2, avx512, avx512bf16 };
const char* name_of(Isa isa);

// The best set that the CPU has and the environment's BANTAM_ISA (plain, avx2, avx512, avx512bf16) allows.
// Fixed when the program starts, for Highway's kernels too. usage, when BANTAM_ISA is none of those names.
Isa isa();
// The best set of this CPU, whatever BANTAM_ISA says.
Isa cpu_isa();
// Whether BANTAM_ISA holds the program below what the CPU has. Libraries with kernels of their own are told
// then.
bool isa_is_lowered();

// Whether bf16 is multiplied by the CPU's bf16 instructions. Those of Intel's CPUs without AMX have half the
// rate of f32 multiply-adds, and many CPUs have none: there bf16 is widened on the fly and multiplied as f32,
// exactly, and the instruction sets from avx2 on do that at the rate of f32. BANTAM_BF16=native or widened
// decides otherwise.
bool bf16_products();

}  // namespace bantam
