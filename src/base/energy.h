// The energy that the machine's processors took, as they count it themselves (RAPL, through Linux' powercap): of whole packages,
// whatever ran on them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace bantam {

class EnergyMeter {
 public:
  // Every package under `powercap` whose counter can be read; on most systems only root may.
  explicit EnergyMeter(const std::filesystem::path& powercap = "/sys/class/powercap");

  // Joules since the last call, or since this began; none where no counter can be read. A counter that began again is followed
  // where less than its whole range was taken in between.
  std::optional<double> joules();

 private:
  struct Counter {
    std::filesystem::path file;
    uint64_t range, last;  // in microjoules
  };
  std::vector<Counter> counters_;
};

}  // namespace bantam
