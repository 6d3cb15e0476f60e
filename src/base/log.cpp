#include "base/log.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace bantam {
namespace {

constexpr std::string_view kToStartAndClear = "\r\x1b[K";

class Terminal {
 public:
  void line(std::string_view text) {
    const std::lock_guard guard(lock_);
    std::string out;
    if (!status_.empty()) out += kToStartAndClear;
    out += text;
    out += '\n';
    out += status_;
    write(out);
  }

  void status(std::string_view text) {
    const std::lock_guard guard(lock_);
    if (!terminal_ || (text.empty() && status_.empty())) return;
    status_ = text.substr(0, width() - 1);  // a wrapped line could not be rewritten
    write(std::string(kToStartAndClear) + status_);
  }

  bool terminal() const { return terminal_; }

 private:
  static size_t width() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
  }
  static void write(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }
  static bool can_rewrite() {
    const char* kind = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
  }

  std::mutex lock_;
  std::string status_;
  const bool terminal_ = can_rewrite();
};

Terminal& terminal() {
  static Terminal instance;
  return instance;
}

}  // namespace

void log_line(LogLevel level, std::string_view text) {
  terminal().line(level == LogLevel::warning ? fmt::format("warning: {}", text) : std::string(text));
}

bool stderr_is_terminal() { return terminal().terminal(); }
void show_status(std::string_view text) { terminal().status(text); }

}  // namespace bantam
