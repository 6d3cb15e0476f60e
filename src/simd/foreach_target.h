// Compiles the including .cpp once per instruction set (Highway's dynamic dispatch), then brings in the row helpers.
// Before it:  #undef HWY_TARGET_INCLUDE / #define HWY_TARGET_INCLUDE "ops/<this file>.cpp"
// No include guard: it must take effect again in every pass.
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#endif
// What a kernel table takes of a function above HWY_EXPORT: the best of its versions for this machine.
#undef BANTAM_DISPATCH
#define BANTAM_DISPATCH(function) [](auto... a) { HWY_DYNAMIC_DISPATCH(function)(a...); }
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "simd/rows-inl.h"
