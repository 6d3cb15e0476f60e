#include "base/energy.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace bantam {
namespace {

void set_counter(const TemporaryFolder& folder, const std::string& name, const std::string& value) {
  std::filesystem::create_directories(folder / name);
  folder.write(name + "/max_energy_range_uj", "1000000000\n");
  folder.write(name + "/energy_uj", value + "\n");
}

TEST(Energy, IsThatOfAllPackagesSinceTheLastQuestion) {
  const TemporaryFolder folder;
  set_counter(folder, "intel-rapl:0", "5000000");
  set_counter(folder, "intel-rapl:1", "999000000");
  set_counter(folder, "intel-rapl:0:0", "7");  // a part of the first
  EnergyMeter meter(folder.path());
  EXPECT_EQ(meter.joules(), 0.0);
  set_counter(folder, "intel-rapl:0", "7500000");
  set_counter(folder, "intel-rapl:1", "500000");  // began again
  EXPECT_DOUBLE_EQ(meter.joules().value(), 2.5 + 1.5);
  EXPECT_EQ(meter.joules(), 0.0);
}

TEST(Energy, IsNotGuessedWhereNothingCounts) {
  const TemporaryFolder folder;
  EXPECT_FALSE(EnergyMeter(folder.path()).joules().has_value());
  EXPECT_FALSE(EnergyMeter(folder / "absent").joules().has_value());
  set_counter(folder, "intel-rapl:0", "secret");
  EXPECT_FALSE(EnergyMeter(folder.path()).joules().has_value());
}

}  // namespace
}  // namespace bantam
