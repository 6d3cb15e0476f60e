#include "base/pause.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

namespace bantam {
namespace {

volatile std::sig_atomic_t pause_wanted = 0;
int scopes = 0;
bool reads_lines = false;
struct sigaction old_action;

void toggle(int) { pause_wanted = pause_wanted == 0 ? 1 : 0; }

// Reading from a terminal in the background would stop the process.
bool terminal_is_ours() { return ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

void read_lines() {
  for (pollfd input{STDIN_FILENO, POLLIN, 0}; terminal_is_ours() && ::poll(&input, 1, 0) == 1;) {
    char line[64];
    const ssize_t count = ::read(STDIN_FILENO, line, sizeof line);
    if (count <= 0) {  // the terminal went away
      reads_lines = false;
      return;
    }
    const std::string_view text(line, static_cast<size_t>(count));
    if (text == "p\n" || text == "P\n") toggle(0);
  }
}

}  // namespace

PauseScope::PauseScope(bool lines) {
  reads_lines = reads_lines || lines;
  if (scopes++ > 0) return;
  pause_wanted = 0;
  struct sigaction action {};
  action.sa_handler = toggle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGUSR1, &action, &old_action);
}

PauseScope::~PauseScope() {
  if (--scopes > 0) return;
  ::sigaction(SIGUSR1, &old_action, nullptr);
  pause_wanted = 0;
  reads_lines = false;
}

bool paused() {
  if (reads_lines) read_lines();
  return pause_wanted != 0;
}

}  // namespace bantam
