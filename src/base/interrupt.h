// Ctrl-C as a question that long work asks, so that it can end in order.
#pragma once

namespace bantam {

// While one is alive, the first SIGINT or SIGTERM only makes interrupted() true; a second one ends the
// process at once. They nest: the outermost decides when the old handlers return.
class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
};

bool interrupted();

}  // namespace bantam
