// How far a long task is: on a terminal one line that rewrites itself, otherwise a plain line now and then.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bantam {

using Clock = std::chrono::steady_clock;
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// "48 s", "3 min 12 s", "2 h 05 min", "8 days 8 h", "10.0 years".
std::string duration_text(double seconds);
// "812 B", "1.2 GB": powers of 1000.
std::string bytes_text(double bytes);
// "1,234,567".
std::string grouped(uint64_t value);

// Decides when a line is shown: several times a second on a terminal, every ten seconds elsewhere.
class StatusLine {
 public:
  StatusLine() = default;
  ~StatusLine();  // takes the line away
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  // Whether show() would show something now: lets a caller spare the work of composing it.
  bool due() const;
  void show(std::string_view line);

 private:
  Clock::time_point shown_ = {};
};

// "packing: 12.3 MB of 40.0 MB, 8.1 MB/s, 3 s left". `total` 0: not known.
class Progress {
 public:
  enum class Unit { items, bytes };
  Progress(std::string label, uint64_t total, Unit unit = Unit::items);
  void at(uint64_t done);  // cheap enough to call for every item

 private:
  std::string amount(double value) const;

  std::string label_;
  uint64_t total_;
  Unit unit_;
  Clock::time_point start_ = Clock::now();
  StatusLine line_;
};

}  // namespace bantam
