// What the program says about itself, on stderr, and the one line at the bottom of a terminal that says how
// far it is. Safe to call from any thread.
#pragma once
#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace bantam {

enum class LogLevel { note, warning };
void log_line(LogLevel level, std::string_view text);

template <class... Args>
void log_note(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::note, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}

// Whether stderr is a terminal that can rewrite its last line.
bool stderr_is_terminal();

// Rewrites the bottom line of the terminal; log lines scroll above it. Empty: takes it away. Nothing when
// stderr is not a terminal.
void show_status(std::string_view text);
// Takes the status line away and leaves the cursor at the start of a line, for output that is not ours.
inline void clear_status() { show_status({}); }

}  // namespace bantam
