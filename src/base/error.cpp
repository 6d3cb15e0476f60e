#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace bantam {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "bantam: a bug of ours: %s does not hold (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace bantam
