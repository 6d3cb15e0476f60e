// The scope in which Python's threads may run while we compute. One thread computes at a time, because the decoding team
// (base/threads.h) takes one stretch of work at a time; the others wait without holding the interpreter.
#pragma once
#include <nanobind/nanobind.h>

#include <mutex>

#include "base/computing_thread.h"

namespace bantam::python {

class Computing {
 public:
  Computing() : turn_(turns()) {}

 private:
  static std::mutex& turns();

  // In this order: whoever waits for a turn has let go of the interpreter.
  nanobind::gil_scoped_release released_;
  std::lock_guard<std::mutex> turn_;
  ComputingThread thread_;
};

}  // namespace bantam::python
