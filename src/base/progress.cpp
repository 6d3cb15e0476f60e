#include "base/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/log.h"

namespace bantam {

std::string duration_text(double seconds) {
  const auto whole = static_cast<uint64_t>(std::max(0.0, std::round(seconds)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  if (whole < 48 * 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  if (whole < 366 * uint64_t{86400}) return fmt::format("{} days {} h", whole / 86400, whole / 3600 % 24);
  return fmt::format("{:.1f} years", static_cast<double>(whole) / (365.25 * 86400));
}

std::string bytes_text(double bytes) {
  const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  size_t unit = 0;
  for (; bytes >= 999.5 && unit < 5; ++unit) bytes /= 1000;
  return unit == 0 ? fmt::format("{:.0f} B", bytes)
                   : fmt::format("{:.{}f} {}", bytes, bytes < 99.95 ? 1 : 0, units[unit]);
}

std::string grouped(uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

StatusLine::~StatusLine() { clear_status(); }

bool StatusLine::due() const {
  return shown_ == Clock::time_point{} || seconds_since(shown_) > (stderr_is_terminal() ? 0.2 : 10);
}

void StatusLine::show(std::string_view line) {
  if (!due()) return;
  shown_ = Clock::now();
  if (stderr_is_terminal())
    show_status(line);
  else
    log_line(LogLevel::note, line);
}

Progress::Progress(std::string label, uint64_t total, Unit unit)
    : label_(std::move(label)), total_(total), unit_(unit) {}

std::string Progress::amount(double value) const {
  return unit_ == Unit::bytes ? bytes_text(value) : grouped(static_cast<uint64_t>(value));
}

void Progress::at(uint64_t done) {
  const double seconds = seconds_since(start_);
  if (seconds < 1 || !line_.due()) return;  // what is done within a second needs no line
  const double count = static_cast<double>(done), rate = count / seconds;
  std::string line = fmt::format("{}: {}", label_, amount(count));
  if (total_ > 0) line += fmt::format(" of {}", amount(static_cast<double>(total_)));
  line += fmt::format(", {}/s", amount(rate));
  if (total_ > done && rate > 0)
    line += fmt::format(", {} left", duration_text(static_cast<double>(total_ - done) / rate));
  line_.show(line);
}

}  // namespace bantam
