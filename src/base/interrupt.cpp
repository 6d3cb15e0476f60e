#include "base/interrupt.h"

#include <csignal>

namespace bantam {
namespace {

volatile std::sig_atomic_t signal_seen = 0;
int scopes = 0;
struct sigaction old_interrupt, old_terminate;

void remember_signal(int) { signal_seen = 1; }

}  // namespace

InterruptScope::InterruptScope() {
  if (scopes++ > 0) return;
  signal_seen = 0;
  struct sigaction action {};
  action.sa_handler = remember_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // the next one takes its usual course
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &old_interrupt);
  ::sigaction(SIGTERM, &action, &old_terminate);
}

InterruptScope::~InterruptScope() {
  if (--scopes > 0) return;
  ::sigaction(SIGINT, &old_interrupt, nullptr);
  ::sigaction(SIGTERM, &old_terminate, nullptr);
}

bool interrupted() { return signal_seen != 0; }

}  // namespace bantam
