// Who has what: the sentences are replayed here, by an interpreter that knows the verbs and nothing of the
// generator, and the answers must be what it finds.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "data/corpus_text.h"

namespace bantam::corpus {
namespace {

bool one_of(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The words of a sentence; an Italian article that leans on its noun ("l'ago") stands apart.
std::vector<std::string> split_words(const std::string& sentence) {
  std::string apart;
  for (const char c : sentence) apart += c == '\'' ? std::string("' ") : std::string(1, c);
  return pieces(apart, " ?");
}

std::string joined(const std::vector<std::string>& w, size_t from, size_t to) {
  std::string text;
  for (size_t i = from; i < to; ++i) text += (text.empty() ? "" : " ") + w[i];
  return text;
}

size_t position(const std::vector<std::string>& w, std::initializer_list<std::string_view> any, size_t from) {
  for (size_t i = from; i < w.size(); ++i)
    if (one_of(w[i], any)) return i;
  return w.size();
}

class Ledger {
 public:
  std::set<std::string> verbs;

  // "Anna gave the ball to Ben": "Anna" is a name, then the verb, an article, the thing, a preposition, a
  // name.
  void read(const std::string& sentence) {
    std::vector<std::string> w = split_words(sentence);
    if (!w.empty() && one_of(w[0], {"Then", "Poi"})) w.erase(w.begin());
    if (w.size() < 3) return;
    const std::string &who = w[0], &verb = w[1];
    size_t thing = 3;                                // after the article
    if (verb == "prese" && w[2] == "in") thing = 5;  // "prese in prestito la palla"
    if (one_of(verb, {"had", "aveva"})) {
      holder_[joined(w, thing, w.size())] = who;
    } else if (one_of(verb, {"gave", "handed", "passed", "lent", "sold", "diede", "passò", "regalò", "prestò",
                             "vendette"})) {
      const size_t to = position(w, {"to", "a", "ad"}, thing);
      move(joined(w, thing, to), who, joined(w, to + 1, w.size()), sentence);
    } else if (one_of(verb, {"took", "got", "borrowed", "prese", "ricevette"})) {
      const size_t from = position(w, {"from", "da"}, thing);
      move(joined(w, thing, from), joined(w, from + 1, w.size()), who, sentence);
    } else if (one_of(verb, {"swapped", "scambiò"})) {
      swap(w, sentence);
    } else {
      return;
    }
    verbs.insert(verb);
  }

  std::string answer(const std::string& question) const {  // "Who has the ball now", "Chi ha la palla adesso"
    const std::vector<std::string> w = split_words(question);
    const auto found = holder_.find(joined(w, 3, w.size() - 1));
    return found == holder_.end() ? "nobody" : found->second;
  }

 private:
  void move(const std::string& thing, const std::string& from, const std::string& to,
            const std::string& sentence) {
    EXPECT_EQ(holder_[thing], from) << sentence;
    EXPECT_NE(from, to) << sentence;
    holder_[thing] = to;
  }

  // "swapped the ball with Ben for the kite", "scambiò la palla con l'aquilone di Bruno"
  void swap(const std::vector<std::string>& w, const std::string& sentence) {
    const size_t with = position(w, {"with", "con"}, 3);
    const bool english = w[with] == "with";
    const size_t of = position(w, {"for", "di"}, with);
    const std::string mine = joined(w, 3, with);
    const std::string yours = english ? joined(w, of + 2, w.size()) : joined(w, with + 2, of);
    const std::string other = english ? joined(w, with + 1, of) : joined(w, of + 1, w.size());
    move(mine, w[0], other, sentence);
    move(yours, other, w[0], sentence);
  }

  std::map<std::string, std::string> holder_;
};

// Reads the first turn, statements and a question, and answers all questions; returns the verbs met.
std::set<std::string> expect_answers(const std::vector<Message>& messages) {
  Ledger ledger;
  for (size_t i = 0; i + 1 < messages.size(); i += 2) {
    const std::vector<std::string> said = sentences(messages[i].content);
    for (size_t s = 0; s + 1 < said.size(); ++s) ledger.read(said[s]);
    EXPECT_EQ(ledger.answer(said.back()), messages[i + 1].content) << messages.front().content;
  }
  return ledger.verbs;
}

TEST(CorpusOwnership, AnswersFollowFromTheSentences) {
  std::set<std::string> verbs;
  size_t rows = 0;
  for (const Split split : {Split::train, Split::valid}) {
    const Options options = with_mix("stories=0,questions=1,dialogues=0,arithmetic=0,italian=40");
    for (const Document& document : documents(split, kSanitized ? 300'000 : 3'000'000, options)) {
      ASSERT_EQ(document.kind, Kind::who_has_what);
      verbs.merge(expect_answers(document.messages));
      ++rows;
    }
  }
  EXPECT_GT(rows, 500u);
  EXPECT_EQ(verbs.size(), 19u) << "every way in which a thing changes hands was met";
}

TEST(CorpusOwnership, HeldOutQuestionsHaveTheirAnswers) {
  for (Question& asked : held_out_questions({}, Kind::who_has_what, 300)) {
    EXPECT_NE(std::find(asked.candidates.begin(), asked.candidates.end(), asked.answer),
              asked.candidates.end());
    asked.messages.push_back({"assistant", asked.answer});
    expect_answers(asked.messages);
  }
}

// A question about a story whose last word on the thing is that somebody gave it to somebody by name.
TEST(CorpusOwnership, TheLastHandInAStoryIsTheAnswer) {
  constexpr std::string_view kAsk = "Who has the ", kEnd = " in the end?";
  size_t checked = 0;
  const Options options = with_mix("stories=0,questions=0,dialogues=1,arithmetic=0,italian=0");
  for (const Document& document : documents(Split::train, kSanitized ? 1'000'000 : 6'000'000, options)) {
    if (document.messages.empty()) continue;
    const std::vector<std::string> said = sentences(document.messages[0].content);
    for (size_t i = 0; i + 1 < document.messages.size(); i += 2) {
      const std::string& question = document.messages[i].content;
      const size_t ask = question.rfind(kAsk);
      if (ask == std::string::npos || !question.ends_with(kEnd)) continue;
      const std::string thing =
          question.substr(ask + kAsk.size(), question.size() - ask - kAsk.size() - kEnd.size());
      size_t last =
          said.size() - 1;  // the last sentence is the question itself, or is told before another one
      if (said[last].find(kAsk) != std::string::npos) --last;
      while (last > 0 && said[last].find(thing) == std::string::npos &&
             said[last].find(" it") == std::string::npos)
        --last;
      const std::string& sentence = said[last];
      const size_t to = sentence.find(" to ", std::min(sentence.find(thing), sentence.size()));
      const bool given = sentence.find(" gave the " + thing) != sentence.npos ||
                         sentence.find(" returned the " + thing) != sentence.npos ||
                         sentence.find(" handed the " + thing) != sentence.npos;
      if (!given || to == std::string::npos) continue;
      const size_t purpose = std::min(sentence.find(" to keep"), sentence.find(" as a present"));
      const std::string name =
          sentence.substr(to + 4, purpose == sentence.npos ? sentence.npos : purpose - to - 4);
      if (name.find(' ') != std::string::npos || name == "him" || name == "her") continue;
      EXPECT_EQ(document.messages[i + 1].content, name + " has the " + thing + ".")
          << document.messages[0].content;
      ++checked;
    }
  }
  EXPECT_GT(checked, kSanitized ? 5u : 50u);
}

}  // namespace
}  // namespace bantam::corpus
