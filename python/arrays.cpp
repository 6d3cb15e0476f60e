#include "python/arrays.h"

#include "base/error.h"

namespace bantam::python {
namespace {

using WideIds = nb::ndarray<const int64_t, nb::ndim<1>, nb::device::cpu>;

int32_t narrow(int64_t id) {
  require(id >= INT32_MIN && id <= INT32_MAX, ErrorCode::invalid, "ids: {} is no token id", id);
  return static_cast<int32_t>(id);
}

}  // namespace

GivenIds::GivenIds(nb::handle given) {
  WideIds wide;
  if (nb::try_cast(given, array_, false)) {
    const size_t count = array_.shape(0);
    const int64_t stride = array_.stride(0);
    if (count <= 1 || stride == 1) {
      view_ = {array_.data(), count};
      return;
    }
    for (size_t i = 0; i < count; ++i) copied_.push_back(array_.data()[static_cast<int64_t>(i) * stride]);
  } else if (nb::try_cast(given, wide, false)) {
    for (size_t i = 0; i < wide.shape(0); ++i)
      copied_.push_back(narrow(wide.data()[static_cast<int64_t>(i) * wide.stride(0)]));
  } else if (nb::isinstance<nb::ndarray<>>(given) || !nb::isinstance<nb::sequence>(given) ||
             nb::isinstance<nb::str>(given)) {
    throw nb::type_error("ids: wanted a one-dimensional array of int32 or int64, or a sequence of integers");
  } else {
    for (const nb::handle item : given) {
      int64_t id = 0;
      if (!nb::try_cast(item, id)) throw nb::type_error("ids: wanted integers");
      copied_.push_back(narrow(id));
    }
  }
  view_ = copied_;
}

}  // namespace bantam::python
