// A kernel slot: one function a device under one name. An empty slot is an error that names both, never a
// fallback.
#pragma once
#include <functional>
#include <string_view>

#include "base/error.h"
#include "tensor/arena.h"
#include "tensor/mat.h"

namespace bantam {

// What the work on `meta` would cost on a real device. Ops report FLOPs (a multiply-add is two); bytes are
// those of the matrices that kernels are called with.
struct Meter {
  double flops = 0, bytes = 0;
};
Meter& meter();  // of this thread
inline void count_flops(Device device, double flops) {
  if (device == Device::meta) meter().flops += flops;
}

namespace detail {
template <class T>
double argument_bytes(const T& argument) {
  if constexpr (std::is_convertible_v<T, ConstMat>)
    return static_cast<double>(ConstMat(argument).bytes());
  else
    return 0;
}
}  // namespace detail

template <class Signature>
class Kernel;

template <class... Args>
class Kernel<void(Args...)> {
 public:
  using Function = void(Args...);
  constexpr Kernel(const char* name, Function* cpu, Function* reference)
      : name_(name), slots_{cpu, reference} {}

  void operator()(Device device, Args... args) const {
    if (device == Device::meta) {
      meter().bytes += (0.0 + ... + detail::argument_bytes(args));
      return;
    }
    Function* function = slots_[static_cast<size_t>(device)];
    require(function != nullptr, ErrorCode::unsupported, "{}: has no kernel for the device {}", name_,
            name_of(device));
    function(args...);
  }

 private:
  const char* name_;
  Function* slots_[kDevices] = {};
};

}  // namespace bantam
