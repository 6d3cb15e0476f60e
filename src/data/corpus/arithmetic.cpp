#include "data/corpus/arithmetic.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "data/corpus/teller.h"

namespace bantam::corpus {
namespace {

constexpr uint64_t kHoldOutKey = 0x62616e74616d;  // which facts are held out is part of the format

bool is_product(Operation operation) {
  return operation == Operation::multiply || operation == Operation::divide;
}

// The fact of the operation that two drawn numbers make.
Fact fact_of(Operation operation, int a, int b) {
  switch (operation) {
    case Operation::add:
      return {operation, a, b, a + b};
    case Operation::subtract:
      return {operation, a + b, a, b};
    case Operation::multiply:
      return {operation, a, b, a * b};
    default:
      return {operation, a * b, b, a};
  }
}

Operation draw_operation(Dice& dice) {
  const size_t point = dice.below(100);
  return point < 40   ? Operation::add
         : point < 76 ? Operation::subtract
         : point < 90 ? Operation::multiply
                      : Operation::divide;
}

char sign(Operation operation) { return "+-*/"[static_cast<size_t>(operation)]; }

std::string_view spoken_sign(Operation operation, Language language) {
  static constexpr std::string_view kEnglish[] = {"plus", "minus", "times", "divided by"};
  static constexpr std::string_view kItalian[] = {"più", "meno", "per", "diviso"};
  return (language == Language::english ? kEnglish : kItalian)[static_cast<size_t>(operation)];
}

std::string in_digits(const Fact& fact) {
  return fmt::format("{} {} {}", fact.left, sign(fact.operation), fact.right);
}

std::string in_words(const Fact& fact, Language language) {
  const Voice& voice = Voice::of(language);
  return fmt::format("{} {} {}", voice.number(fact.left), spoken_sign(fact.operation, language),
                     voice.number(fact.right));
}

std::string story_problem(Dice& dice, const Fact& fact, Language language) {
  static constexpr std::string_view kRules[] = {"problem_add", "problem_subtract", "problem_multiply",
                                                "problem_divide"};
  Teller teller(Grammar::of(language), dice);
  Person a, b;
  a.gender = dice.chance(50) ? Gender::masculine : Gender::feminine;
  b.gender = a.gender == Gender::masculine ? Gender::feminine : Gender::masculine;
  a.name = teller.draw(a.gender == Gender::masculine ? "boy" : "girl").base();
  b.name = teller.draw(b.gender == Gender::masculine ? "boy" : "girl").base();
  const Word& x = teller.draw("countable");
  const Word& y = teller.draw("holding");
  return teller.phrase(kRules[static_cast<size_t>(fact.operation)],
                       {.A = &a, .B = &b, .n = fact.left, .m = fact.right, .x = &x, .y = &y});
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

}  // namespace

std::string_view topic_name(Operation operation) {
  static constexpr std::string_view kNames[] = {"addition", "subtraction", "multiplication", "division"};
  return kNames[static_cast<size_t>(operation)];
}

bool is_held_out(const Fact& fact) {
  const auto [low, high] = fact.operation == Operation::subtract ? std::minmax(fact.right, fact.result)
                                                                 : std::minmax(fact.left, fact.right);
  const uint64_t sum = static_cast<uint64_t>(low) << 32 | static_cast<uint64_t>(high);
  const uint64_t ordered = static_cast<uint64_t>(fact.left) << 32 | static_cast<uint64_t>(fact.right);
  const uint64_t table = is_product(fact.operation) ? static_cast<uint64_t>(fact.operation) : 0;
  return philox(kHoldOutKey, table, table == 0 ? sum : ordered)[0] % 10 == 0;
}

Fact Facts::draw(Dice& dice) const { return draw(dice, draw_operation(dice)); }

Fact Facts::draw(Dice& dice, Operation operation, int least) const {
  const bool product = is_product(operation);
  const int most = product ? kLargestFactor : kLargestAddend;
  for (;;) {
    const int a = dice.between(least, most);
    const int b = dice.between(operation == Operation::divide ? std::max(least, 1) : least, most);
    const Fact fact = fact_of(operation, a, b);
    if (is_held_out(fact) == (split_ == Split::valid)) return fact;
  }
}

std::pair<int, int> Facts::addends(Dice& dice, int least) const {
  const Fact fact = draw(dice, Operation::add, least);
  return {fact.left, fact.right};
}

ArithmeticQuestion arithmetic_question(Dice& dice, const Fact& fact, Wording wording, Language language) {
  const bool english = language == Language::english;
  ArithmeticQuestion result{fact, {}, std::to_string(fact.result)};
  const std::string_view ask = english ? "What is" : "Quanto fa";
  switch (wording) {
    case Wording::digits:
      result.question = fmt::format("{} {}?", ask, in_digits(fact));
      break;
    case Wording::words:
      result.question = fmt::format("{} {}?", ask, in_words(fact, language));
      result.answer = Voice::of(language).number(fact.result);
      break;
    case Wording::story:
      result.question = story_problem(dice, fact, language);
      break;
  }
  return result;
}

ArithmeticQuestion draw_question(Dice& dice, const Facts& facts, Language language) {
  const size_t point = dice.below(100);
  const Wording wording = point < 70 ? Wording::digits : point < 85 ? Wording::words : Wording::story;
  Fact fact = facts.draw(dice);
  while (wording == Wording::story && std::min({fact.left, fact.right, fact.result}) < 2)
    fact = facts.draw(dice, fact.operation, 2);
  return arithmetic_question(dice, fact, wording, language);
}

Document arithmetic_document(Dice& dice, const Facts& facts, Language language) {
  Document document;
  document.kind = Kind::arithmetic;
  document.italian = language == Language::italian;
  const size_t form = dice.below(100);
  if (form < 35) {  // lines of digits
    const int lines = dice.between(1, 4);
    for (int i = 0; i < lines; ++i) {
      const Fact fact = facts.draw(dice);
      document.text += fmt::format("{}{} = {}", i ? "\n" : "", in_digits(fact), fact.result);
    }
  } else if (form < 50) {  // sentences
    const int sentences = dice.between(1, 3);
    for (int i = 0; i < sentences; ++i) {
      const Fact fact = facts.draw(dice);
      document.text +=
          fmt::format("{}{} {} {}.", i ? " " : "", capitalised(in_words(fact, language)),
                      language == Language::english ? "is" : "fa", Voice::of(language).number(fact.result));
    }
  } else {
    const int turns = dice.between(1, 3);
    for (int i = 0; i < turns; ++i) {
      const ArithmeticQuestion question = draw_question(dice, facts, language);
      document.messages.push_back({"user", question.question});
      document.messages.push_back({"assistant", question.answer});
    }
  }
  return document;
}

}  // namespace bantam::corpus
