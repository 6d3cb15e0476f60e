// One-step arithmetic: sums and differences of small numbers, multiplication tables, division without remainder.
//
// Law: about a tenth of the facts, fixed once and for all, is held out: train never shows one of them, in digits, in
// words or inside a story; valid shows nothing else. Sums and differences are held out by families: of a + b = c,
// b + a = c, c - a = b and c - b = a all or none, so that what is asked has to be computed. Products and quotients are
// held out one by one, because a table cannot be guessed: where 7 * 9 is held out, 9 * 7 and 63 / 9 may be known.
#pragma once
#include <string>
#include <utility>

#include "data/corpus/corpus.h"
#include "data/corpus/dice.h"
#include "data/corpus/grammar.h"

namespace bantam::corpus {

inline constexpr int kLargestAddend = 20, kLargestFactor = 10;

enum class Operation : uint8_t { add, subtract, multiply, divide };
std::string_view topic_name(Operation operation);  // "addition", …

struct Fact {
  Operation operation = Operation::add;
  int left = 0, right = 0, result = 0;
};

bool is_held_out(const Fact& fact);

class Facts {
 public:
  explicit Facts(Split split) : split_(split) {}
  Split split() const { return split_; }
  Fact draw(Dice& dice) const;
  Fact draw(Dice& dice, Operation operation, int least = 0) const;  // operands of at least `least`
  std::pair<int, int> addends(Dice& dice, int least) const;

 private:
  Split split_;
};

Document arithmetic_document(Dice& dice, const Facts& facts, Language language);

// The forms a question takes.
enum class Wording : uint8_t { digits, words, story };
struct ArithmeticQuestion {
  Fact fact;
  std::string question, answer;
};
ArithmeticQuestion arithmetic_question(Dice& dice, const Fact& fact, Wording wording, Language language);
// A question in the wordings and operations of the corpus: 70 % digits, 15 % words, 15 % little stories.
ArithmeticQuestion draw_question(Dice& dice, const Facts& facts, Language language);

}  // namespace bantam::corpus
