// Documents say what is so: those written from the code are up to date, and what the others name exists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "house/command_lines.h"
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

// Links to files beside `document` (relative to the root) that are none.
Complaints dead_links(const std::filesystem::path& document, const std::string& text) {
  static const std::regex link("\\]\\(([^)#: ]+)(#[^) ]*)?\\)");
  Complaints dead;
  for (std::sregex_iterator at(text.begin(), text.end(), link); at != std::sregex_iterator(); ++at)
    if (const std::string target = (*at)[1];
        !std::filesystem::exists(kRoot / document.parent_path() / target))
      dead.push_back(target);
  return dead;
}

TEST(Docs, LinksLeadSomewhere) {
  EXPECT_THAT(dead_links("docs/README.md", "[a](config.md#x), [b](https://c.org), [d](#e), [f](gone.md#g)"),
              testing::ElementsAre("gone.md"));
  for (const std::filesystem::path& path : own_files())
    if (path.extension() == ".md") {
      EXPECT_THAT(dead_links(path, text_of(kRoot / path)), IsEmpty()) << path;
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

TEST(Docs, WhatIsWrongWithACommandLineIsFound) {
  const std::string reference = text_of(kRoot / "docs/commands.md");
  const auto wrong = [&](const std::string& line) {
    return command_complaints(reference, "    " + line + "\n");
  };
  for (const char* right :
       {"bantam pack a.txt:1:train b --tokenizer t --out p --dedupe near",
        "bantam train a b --set train.lr=1", "echo a | bantam tokenizer encode t > ids",
        "bantam generate m 'a b --c' -n 3 --top-p=0.9 # --no",
        "bantam tokenizer train a --special x y --out t", "bantam --help", "bantam: is a message"})
    EXPECT_THAT(wrong(right), IsEmpty()) << right;
  for (const char* mistaken :
       {"bantam trian run", "bantam tokenizer", "bantam tokenizer encode", "bantam train run --sett a=b",
        "bantam pack a --dedupe nearly", "bantam export m out", "bantam export m out --to", "bantam train",
        "true | bantam tokenizer encoed t", "bantam pack a \\\n    --gone"})
    EXPECT_THAT(wrong(mistaken), testing::SizeIs(1)) << mistaken;
  EXPECT_THAT(command_complaints(reference, "```sh\nbantam gone\n```\nbantam is prose\n"),
              testing::SizeIs(1));
}

TEST(Docs, CommandLinesAreTheProgramsOwn) {
  const std::string reference = text_of(kRoot / "docs/commands.md");
  size_t lines = 0;
  for (const std::filesystem::path& path : own_files())
    if (path.extension() == ".md" && path != "docs/commands.md") {
      const std::string text = text_of(kRoot / path);
      lines += command_lines(text).size();
      EXPECT_THAT(command_complaints(reference, text), IsEmpty()) << path;
    }
  EXPECT_GT(lines, 40);
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
