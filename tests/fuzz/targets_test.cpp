#include "fuzz/targets.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "base/random.h"

namespace bantam::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> seeds_of(const std::string& target) {
  const fs::path tests = fs::path(BANTAM_SOURCE_DIR) / "tests";
  const fs::path folder = target == "safetensors" ? tests / "golden/st" : tests / "fuzz/seeds" / target;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const fs::path& file : files) seeds.push_back(read_file(file));
  return seeds;
}

void run_text(const Target& target, std::string_view text) { run(target, std::as_bytes(std::span(text))); }

// A few random changes of the kinds that break parsers.
std::string damaged(std::string text, const std::vector<std::string>& seeds, Random& random) {
  static constexpr std::string_view kTokens[] = {"18446744073709551616",
                                                 "-1",
                                                 "1e999",
                                                 "\"",
                                                 "\\u0000",
                                                 "\\ud800",
                                                 "{",
                                                 "[",
                                                 "]",
                                                 "}",
                                                 ",",
                                                 "null",
                                                 "\xff",
                                                 "\xed\xa0\x80"};
  for (uint64_t change = 0; change <= random.below(4); ++change) {
    const size_t at = random.below(text.size() + 1), rest = text.size() - at;
    switch (random.below(6)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        if (rest > 0) text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
        break;
      case 2:
        text.erase(at, random.below(rest + 1));
        break;
      case 3:
        text.insert(at, text.substr(at, random.below(rest + 1)));
        break;
      case 4:
        text.insert(at, kTokens[random.below(std::size(kTokens))]);
        break;
      case 5: {
        const std::string& other = seeds[random.below(seeds.size())];
        text = text.substr(0, at) + other.substr(random.below(other.size() + 1));
        break;
      }
    }
  }
  return text;
}

class Fuzzing : public testing::TestWithParam<Target> {};

TEST_P(Fuzzing, SeedsAreReadAndDamagedSeedsAreSafe) {
  const Target& target = GetParam();
  const std::vector<std::string> seeds = seeds_of(target.name);
  ASSERT_FALSE(seeds.empty());
  Random random(17, target.name);
  for (const std::string& seed : seeds) {
    run_text(target, seed);
    for (size_t size = 0; size < std::min<size_t>(seed.size(), 600); ++size)
      run_text(target, seed.substr(0, size));
  }
  for (int i = 0; i < 3000; ++i) run_text(target, damaged(seeds[random.below(seeds.size())], seeds, random));
}

TEST_P(Fuzzing, AtLeastOneSeedIsAccepted) {
  const Target& target = GetParam();
  int accepted = 0;
  for (const std::string& seed : seeds_of(target.name)) try {
      target.run(std::as_bytes(std::span(seed)));
      ++accepted;
    } catch (const Error&) {
    }
  EXPECT_GT(accepted, 0);
}

INSTANTIATE_TEST_SUITE_P(Targets, Fuzzing, testing::ValuesIn(kTargets),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(FuzzTargets, EveryTargetHasAFuzzer) {
  const std::string cmake = read_file(fs::path(BANTAM_SOURCE_DIR) / "tests/fuzz/CMakeLists.txt");
  const std::string script = read_file(fs::path(BANTAM_SOURCE_DIR) / "tools/fuzz.sh");
  std::string names;
  for (const Target& target : kTargets) names += (names.empty() ? "" : " ") + std::string(target.name);
  EXPECT_NE(cmake.find("foreach(target " + names + ")"), std::string::npos) << names;
  EXPECT_NE(script.find("targets=\"" + names + "\""), std::string::npos) << names;
}

}  // namespace
}  // namespace bantam::fuzz
