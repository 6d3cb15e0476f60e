#include "base/energy.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace bantam {
namespace fs = std::filesystem;
namespace {

std::optional<uint64_t> number_in(const fs::path& path) {
  std::ifstream file(path);
  uint64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

// intel-rapl:0, and not its parts intel-rapl:0:1.
bool is_package(const std::string& name) {
  return name.starts_with("intel-rapl:") && std::count(name.begin(), name.end(), ':') == 1;
}

}  // namespace

EnergyMeter::EnergyMeter(const fs::path& powercap) {
  std::error_code error;
  for (fs::directory_iterator entry(powercap, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_package(entry->path().filename().string())) continue;
    const auto range = number_in(entry->path() / "max_energy_range_uj"),
               now = number_in(entry->path() / "energy_uj");
    if (range && now) counters_.push_back({entry->path() / "energy_uj", *range, *now});
  }
}

std::optional<double> EnergyMeter::joules() {
  if (counters_.empty()) return std::nullopt;
  double sum = 0;
  for (Counter& counter : counters_) {
    const auto now = number_in(counter.file);
    if (!now) return std::nullopt;
    const uint64_t taken = *now >= counter.last
                               ? *now - counter.last
                               : *now + (counter.range - std::min(counter.range, counter.last));
    counter.last = *now;
    sum += 1e-6 * static_cast<double>(taken);
  }
  return sum;
}

}  // namespace bantam
