#include "infer/stop_strings.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace bantam {
namespace {

// The text shown when `text` comes in pieces of the given size; checks that nothing is taken back.
std::string shown(const std::vector<std::string>& stops, const std::string& text, size_t piece) {
  StopStrings stop(stops);
  std::string out;
  for (size_t i = 0; i < text.size(); i += piece) out += stop.push(std::string_view(text).substr(i, piece));
  return out + stop.finish();
}

TEST(StopStrings, EndTheTextBeforeThemAcrossPieces) {
  for (size_t piece = 1; piece < 20; ++piece) {
    EXPECT_EQ(shown({"</s>"}, "one </ two </s> three", piece), "one </ two ");
    EXPECT_EQ(shown({"\n\nUser:"}, "yes\n\n\nUser: no", piece), "yes\n");
    EXPECT_EQ(shown({"aab"}, "aaaaab!", piece), "aaa");
    EXPECT_EQ(shown({"never"}, "text that ends in neve", piece), "text that ends in neve");
    EXPECT_EQ(shown({""}, "all of it", piece), "all of it");
    EXPECT_EQ(shown({}, "all of it", piece), "all of it");
  }
}

TEST(StopStrings, TheOneThatEndsFirstWins) {
  StopStrings stop({"abc", "b"});
  EXPECT_EQ(stop.push("abc"), "a");
  ASSERT_TRUE(stop.stopped());
  EXPECT_EQ(stop.found(), "b");
  EXPECT_EQ(stop.push("more"), "");
}

TEST(StopStrings, GivesOutAllThatCannotBeginOne) {
  StopStrings stop({"END"});
  EXPECT_EQ(stop.push("abcE"), "abc");
  EXPECT_EQ(stop.push("N"), "");
  EXPECT_EQ(stop.push("E"), "EN");
  EXPECT_EQ(stop.finish(), "E");
}

TEST(StopStrings, TheSameTextForEveryCutting) {
  const std::vector<std::string> stops = {"aba", "bb", "cab", "abab"};
  Random random(1, "stop strings");
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (size_t i = 0; i < 12; ++i) text += static_cast<char>('a' + random.below(3));
    // Plain definition: the shortest prefix that ends in a stop string, without the longest that it ends in.
    std::string want = text;
    for (size_t n = 1; n <= text.size() && want == text; ++n) {
      size_t longest = 0;
      for (const std::string& s : stops)
        if (std::string_view(text).substr(0, n).ends_with(s)) longest = std::max(longest, s.size());
      if (longest > 0) want = text.substr(0, n - longest);
    }
    for (const size_t piece : {1, 2, 3, 5, 12})
      EXPECT_EQ(shown(stops, text, piece), want) << text << " " << piece;
  }
}

}  // namespace
}  // namespace bantam
