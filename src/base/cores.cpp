#include "base/cores.h"

#include <fmt/format.h>
#include <sched.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <set>

#include "base/error.h"

namespace bantam {
namespace {

[[noreturn]] void fail_cores(std::string_view text) {
  fail(ErrorCode::usage, "--cores: is \"{}\", wanted processors such as 0-3,6, each from 0 to {}", text,
       CPU_SETSIZE - 1);
}

int take_number(std::string_view& rest, std::string_view whole) {
  int number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc() || number < 0 || number >= CPU_SETSIZE) fail_cores(whole);
  rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  return number;
}

}  // namespace

std::vector<int> parse_cores(std::string_view text) {
  std::set<int> cores;
  for (std::string_view rest = text;;) {
    const int first = take_number(rest, text);
    int last = first;
    if (rest.starts_with('-')) {
      rest.remove_prefix(1);
      last = take_number(rest, text);
    }
    if (last < first) fail_cores(text);
    for (int core = first; core <= last; ++core) cores.insert(core);
    if (rest.empty()) return {cores.begin(), cores.end()};
    if (rest[0] != ',') fail_cores(text);
    rest.remove_prefix(1);
  }
}

void use_cores(const std::vector<int>& cores) {
  cpu_set_t may, wanted;
  CPU_ZERO(&may);
  CPU_ZERO(&wanted);
  require(::sched_getaffinity(0, sizeof may, &may) == 0, ErrorCode::io,
          "--cores: the system does not say which there are: {}", std::strerror(errno));
  for (const int core : cores) {
    require(CPU_ISSET(static_cast<size_t>(core), &may), ErrorCode::usage,
            "--cores: this process may not use the processor {}; `nproc` and `taskset -p $$` say what it may",
            core);
    CPU_SET(static_cast<size_t>(core), &wanted);
  }
  require(::sched_setaffinity(0, sizeof wanted, &wanted) == 0, ErrorCode::io, "--cores: {}: {}",
          fmt::join(cores, ","), std::strerror(errno));
}

}  // namespace bantam
