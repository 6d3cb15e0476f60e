// Sums are right, in digits, in words and in little stories, and the facts of valid are not in train in any
// of them. Questions are read here without the generator: numbers by name, the operation by what happens.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "data/corpus_text.h"

namespace bantam::corpus {
namespace {

struct Sum {
  char operation = '?';
  int left = 0, right = 0;

  int result() const {
    switch (operation) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      default:
        return right != 0 && left % right == 0 ? left / right : -1;
    }
  }
  // What is held out together: a + b, b + a, a + b - a and a + b - b; each product and quotient by itself.
  std::tuple<char, int, int> fact() const {
    if (operation == '*' || operation == '/') return {operation, left, right};
    const int other = operation == '-' ? result() : left;
    return {'+', std::min(other, right), std::max(other, right)};
  }
};

const std::map<std::string, int>& numbers_by_name() {
  static const std::map<std::string, int> names = [] {
    const char* english[] = {"zero",     "one",     "two",     "three",     "four",     "five",    "six",
                             "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                             "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
    const char* italian[] = {"zero",     "uno",    "due",         "tre",      "quattro",
                             "cinque",   "sei",    "sette",       "otto",     "nove",
                             "dieci",    "undici", "dodici",      "tredici",  "quattordici",
                             "quindici", "sedici", "diciassette", "diciotto", "diciannove"};
    const char* tens[] = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
    const char* decine[] = {"vent", "trent", "quarant", "cinquant", "sessant", "settant", "ottant", "novant"};
    std::map<std::string, int> map = {{"one hundred", 100}, {"cento", 100}};
    for (int i = 0; i < 20; ++i) map[english[i]] = map[italian[i]] = i;
    for (int i = 0; i < 8; ++i) {
      const int value = 20 + 10 * i;
      const std::string english_tens = tens[i], full = std::string(decine[i]) + (i == 0 ? "i" : "a");
      map[english_tens] = map[full] = value;
      for (int unit = 1; unit < 10; ++unit) {
        map[english_tens + "-" + english[unit]] = value + unit;
        const bool elided = unit == 1 || unit == 8;
        map[(elided ? decine[i] : full) + (unit == 3 ? "tré" : italian[unit])] = value + unit;
      }
    }
    return map;
  }();
  return names;
}

std::optional<int> number(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) return std::stoi(text);
  const auto found = numbers_by_name().find(text);
  return found == numbers_by_name().end() ? std::nullopt : std::optional(found->second);
}

// "35 - 16", "three times four", "tre per quattro"
std::optional<Sum> expression(const std::string& text) {
  static constexpr std::pair<std::string_view, char> kSigns[] = {
      {" + ", '+'},    {" - ", '-'},     {" * ", '*'},     {" / ", '/'},
      {" plus ", '+'}, {" minus ", '-'}, {" times ", '*'}, {" divided by ", '/'},
      {" più ", '+'},  {" meno ", '-'},  {" per ", '*'},   {" diviso ", '/'}};
  for (const auto& [sign, operation] : kSigns) {
    const size_t at = text.find(sign);
    if (at == std::string::npos) continue;
    const auto left = number(text.substr(0, at)), right = number(text.substr(at + sign.size()));
    if (left && right) return Sum{operation, *left, *right};
  }
  return std::nullopt;
}

// A little story of two numbers: shared out, so many in each, going away, or else coming together.
std::optional<Sum> story(const std::string& text) {
  std::vector<int> found;
  for (const std::string& word : words(text))
    if (word.find_first_not_of("0123456789") == std::string::npos) found.push_back(std::stoi(word));
  if (found.size() != 2) return std::nullopt;
  const auto tells = [&](std::initializer_list<std::string_view> cues) {
    return std::any_of(cues.begin(), cues.end(),
                       [&](std::string_view cue) { return text.find(cue) != text.npos; });
  };
  if (tells({"friends share", "amici si dividono"})) return Sum{'/', found[1], found[0]};
  if (tells({"the same number in each", "lo stesso numero"})) return Sum{'/', found[0], found[1]};
  if (tells({" each. How", " in each. How", "ciascuno. ", "ciascuna. "})) return Sum{'*', found[0], found[1]};
  if (tells({" left?", " restano ", " restano?"})) return Sum{'-', found[0], found[1]};
  return Sum{'+', found[0], found[1]};
}

std::optional<Sum> question(const std::string& text) {
  for (const std::string_view ask : {"What is ", "Quanto fa "})
    if (text.starts_with(ask) && text.ends_with('?'))
      return expression(text.substr(ask.size(), text.size() - ask.size() - 1));
  return story(text);
}

struct Asked {
  Sum sum;
  int answer = -1;
  std::string text;
};

std::vector<Asked> sums(const Document& document) {
  std::vector<Asked> list;
  const auto add = [&](const std::optional<Sum>& sum, const std::string& answer, const std::string& text) {
    EXPECT_TRUE(sum && number(answer)) << text << " -> " << answer;
    if (sum && number(answer)) list.push_back({*sum, *number(answer), text});
  };
  for (size_t i = 0; i + 1 < document.messages.size(); i += 2)
    add(question(document.messages[i].content), document.messages[i + 1].content,
        document.messages[i].content);
  for (const std::string& line : sentences(document.text)) {
    size_t at = std::string::npos, length = 0;
    for (const std::string_view equals : {" = ", " is ", " fa "})
      if (const size_t found = line.find(equals); found != line.npos) at = found, length = equals.size();
    if (at == std::string::npos)
      ADD_FAILURE() << line;
    else
      add(expression(line.substr(0, at)), line.substr(at + length), line);
  }
  return list;
}

TEST(CorpusArithmetic, EveryAnswerIsRightAndNoFactOfValidIsInTrain) {
  std::set<std::tuple<char, int, int>> facts[2];
  for (const Split split : {Split::train, Split::valid}) {
    const Options options = with_mix("stories=0,questions=0,dialogues=0,arithmetic=1,italian=40");
    std::map<std::pair<bool, char>, size_t> counts;
    for (const Document& document : documents(split, kSanitized ? 400'000 : 4'000'000, options)) {
      for (const Asked& asked : sums(document)) {
        EXPECT_EQ(asked.sum.result(), asked.answer) << asked.text;
        facts[split == Split::valid].insert(asked.sum.fact());
        ++counts[{document.italian, asked.sum.operation}];
      }
    }
    EXPECT_EQ(counts.size(), 8u) << "four operations in two languages";
    for (const auto& [what, count] : counts) EXPECT_GT(count, 40u);
  }
  EXPECT_GT(facts[1].size(), 30u);
  EXPECT_GT(facts[0].size(), 6 * facts[1].size()) << "what is asked must be near what was practised";
  for (const auto& fact : facts[1]) EXPECT_FALSE(facts[0].contains(fact));
}

// Somebody has coins, pays a price and has some left: the three numbers before "coins" in a story of a
// market.
TEST(CorpusArithmetic, CoinsInStoriesAreCounted) {
  size_t counted[2] = {};
  const Options options = with_mix("stories=1,questions=0,dialogues=0,arithmetic=0,italian=50");
  for (const Document& document : documents(Split::train, kSanitized ? 1'000'000 : 4'000'000, options)) {
    const std::string& text = document.text;
    if (text.find("coins left.") == text.npos && text.find(" restavano ") == text.npos) continue;
    if (text.find(" ne restavano ") != text.npos) continue;  // "Delle venti monete ne restavano tre"
    std::vector<int> found;
    const std::vector<std::string> w = pieces(text, " \n.,\"");
    for (size_t i = 1; i < w.size(); ++i)
      if (const auto value = number(w[i - 1]); value && (w[i] == "coins" || w[i] == "monete"))
        found.push_back(*value);
    if (found.size() != 3) continue;
    EXPECT_EQ(found[0] - found[1], found[2]) << text;
    ++counted[document.italian];
  }
  EXPECT_GT(counted[0], 5u);
  EXPECT_GT(counted[1], 5u);
}

TEST(CorpusArithmetic, HeldOutQuestionsHaveTheirAnswers) {
  for (const Question& asked : held_out_questions({}, Kind::arithmetic, 300)) {
    const std::string& text = asked.messages.front().content;
    const std::optional<Sum> sum = question(text);
    ASSERT_TRUE(sum) << text;
    EXPECT_EQ(sum->result(), number(asked.answer).value_or(-1)) << text;
  }
}

}  // namespace
}  // namespace bantam::corpus
