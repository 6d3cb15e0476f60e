// A pause as a question that long work asks between two pieces of it: the processors are somebody else's for a while, memory
// stays as it is.
#pragma once

namespace bantam {

// While one is alive, SIGUSR1 turns the pause on and off, and so does a line "p" on the terminal of standard input where
// `lines` is set: the terminal stays in its usual mode, whatever ends the process. They nest; no pause outlives the outermost.
class PauseScope {
 public:
  explicit PauseScope(bool lines = false);
  ~PauseScope();
  PauseScope(const PauseScope&) = delete;
  PauseScope& operator=(const PauseScope&) = delete;
};

// Whether work is to rest. Reads what was typed since the last question.
bool paused();

}  // namespace bantam
