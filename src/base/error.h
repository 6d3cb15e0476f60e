// Errors that end an operation. Thrown anywhere, caught only at the edges (exit codes, HTTP, bindings).
// A message reads "where: what is, what is wanted, what to do".
#pragma once
#include <fmt/core.h>

#include <exception>
#include <string>
#include <utility>

namespace bantam {

enum class ErrorCode {
  usage,          // the command line or a config is wrong: exit code 2
  invalid,        // a value that does not fit where it is used
  not_found,      // a file, preset, tensor or key that does not exist
  corrupt,        // a file that breaks its own format
  unsupported,    // well formed, but not something this build can do
  out_of_memory,  // memory or disk that a plan needs and the machine lacks
  io,             // the operating system refused a read or a write
  cancelled,      // interrupted by the user: exit code 130
};

class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
  std::string message_;
};

template <class... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

// Throws unless `ok`. The arguments are formatted only on failure.
template <class... Args>
void require(bool ok, ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  if (!ok) [[unlikely]]
    fail(code, format, std::forward<Args>(args)...);
}

// Reports a bug of ours and aborts; never used on input.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

#define BANTAM_ASSERT(expression) \
  ((expression) ? void() : ::bantam::assertion_failed(#expression, __FILE__, __LINE__))

}  // namespace bantam
