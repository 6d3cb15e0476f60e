#include "train/moment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "tensor/copy.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "train/moment.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

using I32Tag = hn::RebindToSigned<F32Tag>;
using U8Tag = hn::Rebind<uint8_t, F32Tag>;

float largest(const float* x, size_t n) {
  V most = zero();
  size_t i = 0;
  for (; i + lanes() <= n; i += lanes()) most = hn::Max(most, hn::Abs(load(x + i)));
  if (i < n) most = hn::Max(most, hn::Abs(load_tail(x + i, n - i)));
  return max_lane(most);
}

// How many of the 255 boundaries lie at or below x · inverse: by halving, all lanes together. `lowest` is the code of the
// smallest value that x above 0 may take.
void encode(const float* x, size_t n, const float* boundaries, float inverse, int lowest, uint8_t* codes) {
  const I32Tag i32;
  const auto code_of = [&](V v) HWY_ATTR {
    const V share = hn::Mul(v, set(inverse));
    auto index = hn::Zero(i32);
    for (int half = 128; half > 0; half /= 2) {
      const auto next = hn::Add(index, hn::Set(i32, half));
      const V boundary = hn::GatherIndex(F32Tag(), boundaries - 1, next);
      index = hn::IfThenElse(hn::RebindMask(i32, hn::Ge(share, boundary)), next, index);
    }
    const auto raised = hn::Max(index, hn::Set(i32, lowest));
    return hn::IfThenElse(hn::RebindMask(i32, hn::Gt(v, zero())), raised, index);
  };
  size_t i = 0;
  for (; i + lanes() <= n; i += lanes())
    hn::StoreU(hn::DemoteTo(U8Tag(), code_of(load(x + i))), U8Tag(), codes + i);
  if (i == n) return;
  HWY_ALIGN uint8_t whole[64];
  hn::StoreU(hn::DemoteTo(U8Tag(), code_of(load_tail(x + i, n - i))), U8Tag(), whole);
  std::memcpy(codes + i, whole, n - i);
}

void decode(const uint8_t* codes, size_t n, const float* values, float scale, float* x) {
  const I32Tag i32;
  const auto value_of = [&](const uint8_t* from) HWY_ATTR {
    const auto index = hn::PromoteTo(i32, hn::LoadU(U8Tag(), from));
    return hn::Mul(hn::GatherIndex(F32Tag(), values, index), set(scale));
  };
  size_t i = 0;
  for (; i + lanes() <= n; i += lanes()) store(value_of(codes + i), x + i);
  if (i == n) return;
  HWY_ALIGN uint8_t whole[64] = {};
  std::memcpy(whole, codes + i, n - i);
  store_tail(value_of(whole), x + i, n - i);
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(largest);
HWY_EXPORT(encode);
HWY_EXPORT(decode);

constexpr int kDecades = 7;

struct Code {
  std::array<float, 256> values;
  std::array<float, 255> boundaries;  // between neighbours
  int lowest = 0;                     // of the values above 0 without a sign
  uint8_t zero = 0;
};

Code make_code(MomentCode kind) {
  const bool with_sign = kind == MomentCode::with_sign;
  std::vector<double> values = {0, 1};
  for (int decade = 0; decade < kDecades; ++decade) {
    const int steps = 1 << (with_sign ? decade : decade + 1);
    for (int i = 0; i < steps; ++i) {
      const double value = std::pow(10, decade - kDecades + 1) * (0.1 + 0.9 * (i + 0.5) / steps);
      values.push_back(value);
      if (with_sign) values.push_back(-value);
    }
  }
  std::sort(values.begin(), values.end());
  Code code;
  BANTAM_ASSERT(values.size() == code.values.size());
  for (size_t i = 0; i < values.size(); ++i) code.values[i] = static_cast<float>(values[i]);
  for (size_t i = 0; i < code.boundaries.size(); ++i)
    code.boundaries[i] = static_cast<float>((values[i] + values[i + 1]) / 2);
  code.zero = static_cast<uint8_t>(std::find(values.begin(), values.end(), 0) - values.begin());
  code.lowest = with_sign ? 0 : 1;
  return code;
}

const Code& code_of(MomentCode kind) {
  static const Code with_sign = make_code(MomentCode::with_sign),
                    without_sign = make_code(MomentCode::without_sign);
  return kind == MomentCode::with_sign ? with_sign : without_sign;
}

}  // namespace

std::span<const float> code_values(MomentCode code) { return code_of(code).values; }

void encode_moment(std::span<const float> values, MomentCode kind, uint8_t* codes, float& scale) {
  const Code& code = code_of(kind);
  scale = HWY_DYNAMIC_DISPATCH(largest)(values.data(), values.size());
  // A denormal's inverse is infinite.
  const float inverse = 1 / scale;
  if (!(scale > 0) || !std::isfinite(inverse)) {
    scale = 0;
    std::memset(codes, code.zero, values.size());
    return;
  }
  HWY_DYNAMIC_DISPATCH(encode)
  (values.data(), values.size(), code.boundaries.data(), inverse, code.lowest, codes);
}

void decode_moment(std::span<const uint8_t> codes, MomentCode kind, float scale, float* values) {
  HWY_DYNAMIC_DISPATCH(decode)(codes.data(), codes.size(), code_of(kind).values.data(), scale, values);
}

Moment::Moment(const Weight& weight, MomentCode kind, bool in_8_bits) : code(kind) {
  const Device device = weight.device();
  if (!in_8_bits) {
    values = Output(weight.rows, weight.cols, weight.master.dtype(), device);
    fill_zero(device, values.mat());
    return;
  }
  require(device != Device::reference, ErrorCode::unsupported, "adamw_8bit: not on the reference device");
  codes = Buffer(weight.count(), device);
  scales = Output(1, weight_blocks(weight), Dtype::f32, device);
  fill_zero(device, scales.mat());
  if (device == Device::cpu) std::memset(codes.data(), code_of(kind).zero, weight.count());
}

bool worth_coding(const Weight& weight) {
  return std::all_of(weight.parts.begin(), weight.parts.end(),
                     [](const WeightPart& part) { return part.count >= kSmallestCoded; });
}

size_t weight_blocks(const Weight& weight) {
  size_t blocks = 0;
  for (const WeightPart& part : weight.parts) blocks += moment_blocks(part.count);
  return blocks;
}

}  // namespace bantam
#endif
