// Row helpers: decode any element type to f32 lanes, apply a lambda, encode. An op's body shows only its mathematics;
// element types and tails are handled here. Lambdas need HWY_ATTR.
//
// Sums run over lanes and are folded in one fixed order, so a sum's bits depend on the instruction set, never on
// threads or on where the row lies in memory.
#if defined(BANTAM_SIMD_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BANTAM_SIMD_ROWS_INL_H_
#undef BANTAM_SIMD_ROWS_INL_H_
#else
#define BANTAM_SIMD_ROWS_INL_H_
#endif

#include <cstddef>
#include <cstring>

#include "hwy/highway.h"
#include "tensor/dtype.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32Tag = hn::CappedTag<float, 16>;
using V = hn::Vec<F32Tag>;
using U32Tag = hn::Rebind<uint32_t, F32Tag>;
using U16Tag = hn::Rebind<uint16_t, F32Tag>;

HWY_INLINE size_t lanes() { return hn::Lanes(F32Tag()); }
HWY_INLINE V set(float x) { return hn::Set(F32Tag(), x); }
HWY_INLINE V zero() { return hn::Zero(F32Tag()); }

HWY_INLINE V load(const float* p) { return hn::LoadU(F32Tag(), p); }
HWY_INLINE V load(const bf16* p) {
  const auto half = hn::LoadU(U16Tag(), reinterpret_cast<const uint16_t*>(p));
  return hn::BitCast(F32Tag(), hn::ShiftLeft<16>(hn::PromoteTo(U32Tag(), half)));
}
HWY_INLINE void store(V v, float* p) { hn::StoreU(v, F32Tag(), p); }
// Rounds to nearest, ties to even, in integers: Highway's own conversion truncates. NaN stays NaN.
HWY_INLINE void store(V v, bf16* p) {
  const U32Tag u32;
  const auto bits = hn::BitCast(u32, v);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(u32, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(u32, 0x7fff))));
  const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(u32, 0x40));
  const auto nan = hn::RebindMask(u32, hn::IsNaN(v));
  const auto half = hn::IfThenElse(nan, quiet, rounded);
  hn::StoreU(hn::TruncateTo(U16Tag(), half), U16Tag(), reinterpret_cast<uint16_t*>(p));
}

// Loads the first n < lanes() elements; the other lanes are zero.
template <class T>
HWY_INLINE V load_tail(const T* p, size_t n) {
  HWY_ALIGN T whole[16] = {};
  std::memcpy(whole, p, n * sizeof(T));
  return load(whole);
}
template <class T>
HWY_INLINE void store_tail(V v, T* p, size_t n) {
  HWY_ALIGN T whole[16];
  store(v, whole);
  std::memcpy(p, whole, n * sizeof(T));
}

// out[i] = f(in[i]…) for i < n.
template <class F, class Out, class... In>
HWY_INLINE void map(size_t n, Out* out, F f, const In*... in) {
  const size_t step = lanes();
  size_t i = 0;
  for (; i + step <= n; i += step) store(f(load(in + i)...), out + i);
  if (i < n) store_tail(f(load_tail(in + i, n - i)...), out + i, n - i);
}

// out[i] = f(in[i]…), or out[i] += f(in[i]…) with `accumulate`.
template <class F, class Out, class... In>
HWY_INLINE void map_into(size_t n, Out* out, bool accumulate, F f, const In*... in) {
  if (!accumulate) return map(n, out, f, in...);
  map(
      n, out, [&](V old, auto... v) HWY_ATTR { return hn::Add(old, f(v...)); }, static_cast<const Out*>(out),
      in...);
}

HWY_INLINE float sum_lanes(V v) { return hn::GetLane(hn::SumOfLanes(F32Tag(), v)); }
HWY_INLINE float max_lane(V v) { return hn::GetLane(hn::MaxOfLanes(F32Tag(), v)); }

// Sum over i < n of f(in[i]…). Requires: f of zeros is zero (the tail is padded with them).
template <class F, class... In>
HWY_INLINE float sum(size_t n, F f, const In*... in) {
  const size_t step = lanes();
  V a = zero(), b = zero();
  size_t i = 0;
  for (; i + 2 * step <= n; i += 2 * step) {
    a = hn::Add(a, f(load(in + i)...));
    b = hn::Add(b, f(load(in + i + step)...));
  }
  if (i + step <= n) {
    a = hn::Add(a, f(load(in + i)...));
    i += step;
  }
  if (i < n) b = hn::Add(b, f(load_tail(in + i, n - i)...));
  return sum_lanes(hn::Add(a, b));
}

// e^x to about 2 units in the last place: x = n ln 2 + r, a polynomial in r, then 2^n. 0 below -87.3, inf above 88.7.
HWY_INLINE V exp(V x) {
  const F32Tag d;
  const hn::RebindToSigned<F32Tag> i32;
  const V low = set(-87.33654f), high = set(88.72283f);
  const V clamped = hn::Min(hn::Max(x, low), high);
  const V n = hn::Round(hn::Mul(clamped, set(1.44269504f)));
  V r = hn::NegMulAdd(n, set(0.693359375f), clamped);
  r = hn::NegMulAdd(n, set(-2.12194440e-4f), r);
  V p = set(1.9875691500e-4f);
  p = hn::MulAdd(p, r, set(1.3981999507e-3f));
  p = hn::MulAdd(p, r, set(8.3334519073e-3f));
  p = hn::MulAdd(p, r, set(4.1665795894e-2f));
  p = hn::MulAdd(p, r, set(1.6666665459e-1f));
  p = hn::MulAdd(p, r, set(5.0000001201e-1f));
  p = hn::Add(hn::MulAdd(hn::Mul(p, r), r, r), set(1.0f));
  // 2^n in two factors, since n may be 128.
  const auto whole = hn::ConvertTo(i32, n);
  const auto half = hn::ShiftRight<1>(whole);
  const auto bias = hn::Set(i32, 127);
  const V scale_a = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(half, bias)));
  const V scale_b = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::Sub(whole, half), bias)));
  const V y = hn::Mul(hn::Mul(p, scale_a), scale_b);
  const V finite = hn::IfThenElse(hn::Lt(x, low), zero(), y);
  return hn::IfThenElse(hn::IsNaN(x), x, finite);
}

// 1 / (1 + e^-x)
HWY_INLINE V sigmoid(V x) { return hn::Div(set(1.0f), hn::Add(set(1.0f), exp(hn::Neg(x)))); }
HWY_INLINE V silu(V x) { return hn::Mul(x, sigmoid(x)); }
HWY_INLINE V tanh(V x) {
  // 1 - 2 / (e^2x + 1) loses digits near 0, where the odd series x - x^3/3 + 2x^5/15 - 17x^7/315 is exact enough.
  const V e = exp(hn::Add(x, x));
  const V big = hn::Sub(set(1.0f), hn::Div(set(2.0f), hn::Add(e, set(1.0f))));
  const V s = hn::Mul(x, x);
  V p = hn::MulAdd(s, set(-17.0f / 315), set(2.0f / 15));
  p = hn::MulAdd(p, s, set(-1.0f / 3));
  const V small = hn::MulAdd(hn::Mul(p, s), x, x);
  return hn::IfThenElse(hn::Lt(hn::Abs(x), set(0.125f)), small, big);
}

// Gauss' error function, within 3e-7: the Maclaurin series below 1/2, else Abramowitz & Stegun 7.1.26.
HWY_INLINE V erf(V x) {
  const V s = hn::Mul(x, x), a = hn::Abs(x);
  V p = hn::MulAdd(s, set(1.0f / 9360), set(-1.0f / 1320));
  p = hn::MulAdd(p, s, set(1.0f / 216));
  p = hn::MulAdd(p, s, set(-1.0f / 42));
  p = hn::MulAdd(p, s, set(1.0f / 10));
  p = hn::MulAdd(p, s, set(-1.0f / 3));
  p = hn::MulAdd(p, s, set(1.0f));
  const V small = hn::Mul(hn::Mul(p, x), set(1.12837917f));
  const V t = hn::Div(set(1.0f), hn::MulAdd(a, set(0.3275911f), set(1.0f)));
  V q = hn::MulAdd(t, set(1.061405429f), set(-1.453152027f));
  q = hn::MulAdd(q, t, set(1.421413741f));
  q = hn::MulAdd(q, t, set(-0.284496736f));
  q = hn::MulAdd(q, t, set(0.254829592f));
  const V big = hn::NegMulAdd(hn::Mul(q, t), exp(hn::Neg(s)), set(1.0f));
  return hn::IfThenElse(hn::Lt(a, set(0.5f)), small, hn::CopySign(big, x));
}

}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
