// One fuzzer: libFuzzer calls the target that BANTAM_FUZZ_TARGET names.
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr bantam::fuzz::Target kTarget{"", bantam::fuzz::BANTAM_FUZZ_TARGET};
  bantam::fuzz::run(kTarget, std::as_bytes(std::span(data, size)));
  return 0;
}
