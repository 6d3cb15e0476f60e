// Documents say what is so: those written from the code are up to date, and what the others name exists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "house/laws.h"
#include "house/source_tree.h"
#include "output_of.h"

namespace bantam::house {
namespace {

using testing::IsEmpty;
using testing::Not;

std::string bantam_says(const std::string& arguments) {
  return output_of("'" BANTAM_BINARY_DIR "/bantam' " + arguments);
}

// What stands in `backticks`.
std::vector<std::string> quoted(const std::string& text) {
  static const std::regex pattern("`([^`\n]+)`");
  std::vector<std::string> all;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern); at != std::sregex_iterator(); ++at)
    all.push_back((*at)[1]);
  return all;
}

// Names in backticks that look like files of the tree and are none. NAME stands for what the reader adds.
Complaints missing_files(const std::string& text) {
  static const std::regex file(
      "(src|tests|docs|tools|bench|recipes|examples|python|\\.ci)/[A-Za-z0-9_/.-]*|base/[a-z_]+\\.h");
  Complaints missing;
  for (const std::string& name : quoted(text)) {
    if (!std::regex_match(name, file) || name.find("NAME") != std::string::npos) continue;
    if (!std::filesystem::exists(kRoot / name) && !std::filesystem::exists(kRoot / "src" / name))
      missing.push_back(name);
  }
  return missing;
}

// Names in backticks that look like tests (Suite.Name) and are none in `sources`.
Complaints missing_tests(const std::string& text, const std::string& sources) {
  static const std::regex test("([A-Z][A-Za-z0-9]+)\\.([A-Z][A-Za-z0-9]+)");
  Complaints missing;
  for (const std::string& name : quoted(text)) {
    std::smatch parts;
    if (!std::regex_match(name, parts, test)) continue;
    const std::string declared = "(" + parts[1].str() + ", " + parts[2].str() + ")";
    if (sources.find(declared) == std::string::npos) missing.push_back(name);
  }
  return missing;
}

TEST(Docs, ConfigIsUpToDate) {
  EXPECT_TRUE(bantam_says("docs config") == text_of(kRoot / "docs/config.md")) << "run: ./dev docs";
}

TEST(Docs, CommandReferenceIsUpToDate) {
  EXPECT_TRUE(bantam_says("docs commands") == text_of(kRoot / "docs/commands.md")) << "run: ./dev docs";
}

TEST(Docs, ManPageIsUpToDate) {
  EXPECT_TRUE(bantam_says("docs man") == text_of(kRoot / "docs/bantam.1")) << "run: ./dev docs";
}

TEST(Docs, ManPageIsSetWithoutAWarning) {
  if (std::system("command -v groff >/dev/null") != 0) GTEST_SKIP() << "no groff here";
  const std::string groff = "groff -man -Tutf8 -Kutf8 -ww 2>&1 >/dev/null ";
  EXPECT_THAT(output_of("echo .gone | " + groff), Not(IsEmpty()));
  EXPECT_THAT(output_of(groff + "'" + (kRoot / "docs/bantam.1").string() + "'"), IsEmpty());
}

TEST(Docs, FilesTheyNameExist) {
  EXPECT_THAT(missing_files("see `src/base/error.h`, `src/parts/feed/NAME.cpp`, `src/base/gone.h` and `a.b`"),
              testing::ElementsAre("src/base/gone.h"));
  for (const std::filesystem::path& path : own_files())
    if (path.extension() == ".md") {
      EXPECT_THAT(missing_files(text_of(kRoot / path)), IsEmpty()) << path;
    }
}

TEST(Docs, TestsTheyNameExist) {
  std::string sources;
  for (const std::filesystem::path& path : own_files())
    if (path.generic_string().ends_with("_test.cpp")) sources += text_of(kRoot / path);
  EXPECT_THAT(missing_tests("`Docs.TestsTheyNameExist`, `Docs.Gone`", sources),
              testing::ElementsAre("Docs.Gone"));
  const std::string numerics = text_of(kRoot / "docs/numerics.md");
  EXPECT_THAT(missing_tests(numerics, sources), IsEmpty());
}

// Each of the three recipes that CONTRIBUTING opens with fits on a screen.
TEST(Docs, RecipesForContributorsAreShort) {
  const std::vector<std::string> lines = lines_of(text_of(kRoot / "CONTRIBUTING.md"));
  for (const std::string title : {"## Add an op", "## Add a part", "## Add a command"}) {
    const auto begin = std::find(lines.begin(), lines.end(), title);
    ASSERT_NE(begin, lines.end()) << title;
    const auto end =
        std::find_if(begin + 1, lines.end(), [](const std::string& l) { return l.starts_with("## "); });
    const auto used = std::count_if(begin + 1, end, [](const std::string& l) { return !l.empty(); });
    EXPECT_LT(used, 15) << title;
  }
}

}  // namespace
}  // namespace bantam::house
