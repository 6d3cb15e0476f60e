// Articles and agreement in generated text, held against the rules of the two languages: a and an; il, lo and
// l'; un, uno, una and un'; the gender of nouns and of the adjectives behind them; ed and ad.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "data/corpus/arithmetic.h"
#include "data/corpus/grammar.h"
#include "data/corpus/story.h"
#include "data/corpus_text.h"

namespace bantam::corpus {
namespace {

constexpr std::string_view kMuchStory = "stories=50,questions=15,dialogues=30,arithmetic=5";

bool begins(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view start) { return word.starts_with(start); });
}
bool vowel(std::string_view word) {
  return begins(word, {"a", "e", "i", "o", "u", "à", "è", "é", "ì", "ò", "ù"});
}
bool impure(std::string_view word) {  // zaino, gnomo, psicologo, xilofono, yogurt, stivale
  if (begins(word, {"z", "gn", "ps", "pn", "x", "y"})) return true;
  return word.size() > 1 && word[0] == 's' && !vowel(word.substr(1));
}

// Words and marks; an apostrophe stays with the word before it. What begins a sentence begins small, as names
// do not.
std::vector<std::string> tokens(const std::string& text) {
  std::string apart;
  for (const char c : text) {
    const bool mark = std::string_view(".,:;!?\"()\n").find(c) != std::string_view::npos;
    apart += c == '\'' ? std::string("' ") : mark ? " . " : std::string(1, c);
  }
  std::vector<std::string> list = pieces(apart, " ");
  for (size_t i = 0; i < list.size(); ++i)
    if ((i == 0 || list[i - 1] == ".") && list[i][0] >= 'A' && list[i][0] <= 'Z')
      list[i][0] = static_cast<char>(list[i][0] + 32);
  return list;
}

// Counts what breaks a rule and shows the first few.
struct Faults {
  size_t looked = 0, found = 0;
  void check(bool right, const std::string& first, const std::string& second) {
    ++looked;
    if (right) return;
    if (++found <= 20) ADD_FAILURE() << first << " " << second;
  }
};

TEST(CorpusLanguage, EnglishSaysAnBeforeAVowel) {
  Faults faults;
  for (const Document& document : documents(Split::train, kSanitized ? 2'000'000 : 5'000'000,
                                            with_mix(std::string(kMuchStory) + ",italian=0"))) {
    const std::vector<std::string> w = tokens(content(document));
    for (size_t i = 0; i + 1 < w.size(); ++i) {
      if (w[i] != "a" && w[i] != "an") continue;
      const bool sounds_like_you = begins(w[i + 1], {"uni", "use", "uku", "eu", "one", "once", "ute"});
      const bool silent_h = begins(w[i + 1], {"hour", "honest", "honour", "heir"});
      const bool wants_an = (vowel(w[i + 1]) && !sounds_like_you) || silent_h;
      faults.check((w[i] == "an") == wants_an, w[i], w[i + 1]);
    }
  }
  EXPECT_GT(faults.looked, 1000u);
}

std::vector<Document> italian_text() {
  return documents(Split::train, kSanitized ? 2'000'000 : 5'000'000,
                   with_mix(std::string(kMuchStory) + ",italian=100"));
}

// The gender of the nouns that have only one, from the lists that stories draw things from.
std::map<std::string, Gender> genders() {
  std::map<std::string, Gender> result;
  std::set<std::string> both;
  for (const char* list : {"handy", "toy", "keepsake", "garment", "readable", "jewel", "tool", "fruit",
                           "vegetable", "furniture", "container", "wild_animal", "bird", "building",
                           "landscape", "flower", "tree", "countable", "wild_find"})
    for (const Word& noun : Grammar::italian().list(list).words()) {
      if (noun.base().find(' ') != std::string::npos) continue;
      const auto [at, fresh] = result.emplace(noun.base(), noun.gender);
      if (!fresh && at->second != noun.gender) both.insert(noun.base());
    }
  for (const std::string& noun : both) result.erase(noun);
  return result;
}

TEST(CorpusLanguage, ItalianArticlesFitTheNextSound) {
  using Words = std::set<std::string>;
  const Words plain = {"il", "del", "al", "dal", "nel", "sul", "i", "dei", "ai", "nei", "sui"};
  const Words before_impure = {"uno", "dello", "allo", "dallo", "nello", "sullo"};
  const Words elided = {"l'", "dell'", "all'", "dall'", "nell'", "sull'", "un'"};
  const Words feminine = {"una", "della", "alla", "dalla", "nella", "sulla"};
  const Words plural = {"degli", "agli", "dagli", "negli", "sugli"};
  const std::map<std::string, Gender> nouns = genders();  // "uno" and "una" are also numbers and pronouns
  Faults faults;
  for (const Document& document : italian_text()) {
    ASSERT_TRUE(document.italian);
    const std::vector<std::string> w = tokens(content(document));
    for (size_t i = 0; i + 1 < w.size(); ++i) {
      const std::string &word = w[i], &next = w[i + 1];
      if (plain.contains(word)) faults.check(!vowel(next) && !impure(next), word, next);
      if (word == "un") faults.check(!impure(next), word, next);
      if (before_impure.contains(word) && (word != "uno" || nouns.contains(next)))
        faults.check(impure(next), word, next);
      if (elided.contains(word)) faults.check(vowel(next) || next[0] == 'h', word, next);
      if (feminine.contains(word) && (word != "una" || nouns.contains(next)))
        faults.check(!vowel(next), word, next);
      if (plural.contains(word)) faults.check(vowel(next) || impure(next), word, next);
      if (word == "a" || word == "e") faults.check(next[0] != word[0], word, next);
    }
  }
  EXPECT_GT(faults.looked, 5000u);
}

TEST(CorpusLanguage, ItalianArticlesAndAdjectivesAgreeWithTheirNouns) {
  const std::set<std::string> articles[] = {
      {"il", "un", "uno", "del", "dello", "al", "allo", "dal", "dallo", "nel", "nello", "sul", "sullo"},
      {"la", "una", "un'", "della", "alla", "dalla", "nella", "sulla"}};
  std::map<std::string, Gender> adjectives;
  for (const char* list : {"colour", "quality", "tool_adj", "garment_adj", "jewel_adj", "house_adj", "size"})
    for (const Word& adjective : Grammar::italian().list(list).words()) {
      if (adjective[Form::base] == adjective[Form::feminine]) continue;
      adjectives.emplace(adjective[Form::base], Gender::masculine);
      adjectives.emplace(adjective[Form::feminine], Gender::feminine);
    }
  const std::map<std::string, Gender> nouns = genders();
  Faults by_article, by_adjective;
  for (const Document& document : italian_text()) {
    const std::vector<std::string> w = tokens(content(document));
    for (size_t i = 1; i + 1 < w.size(); ++i) {
      const auto noun = nouns.find(w[i]);
      if (noun == nouns.end()) continue;
      const bool feminine = noun->second == Gender::feminine;
      if (articles[feminine].contains(w[i - 1]) || articles[!feminine].contains(w[i - 1]))
        by_article.check(articles[feminine].contains(w[i - 1]), w[i - 1], w[i]);
      if (w[i - 1] == "di" || (i + 2 < w.size() && (w[i + 2] == "vivo" || w[i + 2] == "limone"))) continue;
      for (const std::string& beside :
           {w[i - 1], w[i + 1]})  // "pianta di pomodoro alta", "rosso vivo" stays as it is
        if (const auto adjective = adjectives.find(beside);
            adjective != adjectives.end() && !nouns.contains(beside))
          by_adjective.check(adjective->second == noun->second, w[i], beside);
    }
  }
  EXPECT_GT(by_article.looked, 2000u);
  EXPECT_GT(by_adjective.looked, 300u);
}

TEST(CorpusLanguage, EveryPlotCanBeToldInBothLanguages) {
  EXPECT_GE(all_plots().size(), 40u);
  for (const Language language : {Language::english, Language::italian})
    for (const Plot& plot : all_plots())
      for (uint64_t i = 0; i < 20; ++i) {
        Dice dice(7, i);
        const Facts facts(i % 2 ? Split::train : Split::valid);
        Story story(Grammar::of(language), dice, facts, plot);
        story.opening();
        plot.run(story);
        story.ending();
        const std::string text = story.tell.finish();
        EXPECT_EQ(text.find_first_of("{}[]|"), std::string::npos) << plot.name << ": " << text;
        EXPECT_EQ(text.find("  "), std::string::npos) << plot.name << ": " << text;
        EXPECT_EQ(text.find(" ."), std::string::npos) << plot.name << ": " << text;
      }
}

}  // namespace
}  // namespace bantam::corpus
