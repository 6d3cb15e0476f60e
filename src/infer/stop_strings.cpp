#include "infer/stop_strings.h"

#include <algorithm>
#include <utility>

namespace bantam {

StopStrings::StopStrings(std::vector<std::string> stops) : stops_(std::move(stops)) {
  std::erase_if(stops_, [](const std::string& stop) { return stop.empty(); });
}

std::string StopStrings::push(std::string_view piece) {
  if (stopped()) return "";
  const size_t before = held_.size();
  held_ += piece;
  // The stop string that ends first is the one found, however the text was cut; of those that end together,
  // the longest.
  size_t first_end = std::string::npos, keep = 0;
  for (const std::string& stop : stops_) {
    const size_t at = held_.find(stop, before >= stop.size() ? before - stop.size() + 1 : 0);
    if (at == std::string::npos) continue;
    const size_t end = at + stop.size();
    if (end > first_end || (end == first_end && stop.size() < found_->size())) continue;
    first_end = end;
    found_ = stop;
  }
  if (stopped()) {
    held_.resize(first_end - found_->size());
    return std::exchange(held_, {});
  }
  for (const std::string& stop : stops_)
    for (size_t n = std::min(stop.size() - 1, held_.size()); n > keep; --n)
      if (std::string_view(held_).ends_with(std::string_view(stop).substr(0, n))) keep = n;
  std::string out = held_.substr(0, held_.size() - keep);
  held_.erase(0, held_.size() - keep);
  return out;
}

std::string StopStrings::finish() { return stopped() ? "" : std::exchange(held_, {}); }

}  // namespace bantam
