#include "formats/stored_dtype.h"

#include "base/error.h"

namespace bantam {
namespace {

using D = StoredDtype;
constexpr StoredDtypeInfo kDtypes[] = {
    {D::boolean, "BOOL", "b1", 8},
    {D::f4, "F4", "", 4},
    {D::f6_e2m3, "F6_E2M3", "", 6},
    {D::f6_e3m2, "F6_E3M2", "", 6},
    {D::u8, "U8", "u1", 8},
    {D::i8, "I8", "i1", 8},
    {D::f8_e5m2, "F8_E5M2", "", 8},
    {D::f8_e4m3, "F8_E4M3", "", 8},
    {D::f8_e8m0, "F8_E8M0", "", 8},
    {D::f8_e4m3fnuz, "F8_E4M3FNUZ", "", 8},
    {D::f8_e5m2fnuz, "F8_E5M2FNUZ", "", 8},
    {D::i16, "I16", "i2", 16},
    {D::u16, "U16", "u2", 16},
    {D::f16, "F16", "f2", 16},
    {D::bf16, "BF16", "", 16},
    {D::i32, "I32", "i4", 32},
    {D::u32, "U32", "u4", 32},
    {D::f32, "F32", "f4", 32},
    {D::c64, "C64", "c8", 64},
    {D::f64, "F64", "f8", 64},
    {D::i64, "I64", "i8", 64},
    {D::u64, "U64", "u8", 64},
};

}  // namespace

std::span<const StoredDtypeInfo> stored_dtypes() { return kDtypes; }

const StoredDtypeInfo& info(StoredDtype dtype) {
  const StoredDtypeInfo& entry = kDtypes[static_cast<int>(dtype)];
  BANTAM_ASSERT(entry.dtype == dtype);
  return entry;
}

}  // namespace bantam
