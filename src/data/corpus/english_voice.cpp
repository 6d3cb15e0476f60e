// English: "a" and "an", "some" for what cannot be counted, pronouns, numbers in words.
#include "base/error.h"
#include "data/corpus/voice.h"

namespace bantam::corpus {
namespace {

class English final : public Voice {
 public:
  void word(Writer& out, const Word& word, Mod form, Mod determiner) const override {
    if (determiner == Mod::the) out.append("the ");
    if (determiner == Mod::a) indefinite(out, word);
    out.append(form_of(word, form));
  }

  void person(Writer& out, const Person& person, Mod form, Mod, Reference reference) const override {
    const bool he = person.gender == Gender::masculine;
    switch (form) {
      case Mod::his:
        return out.append(he ? "his" : "her");
      case Mod::he:
        return out.append(he ? "he" : "she");
      case Mod::full:
        return out.append(person.role->base());
      case Mod::himself:
        return out.append(he ? "himself" : "herself");
      case Mod::him:
        if (reference.pronoun_is_clear) return out.append(he ? "him" : "her");
        break;
      case Mod::none:
        if (reference.pronoun_is_clear) return out.append(he ? "he" : "she");
        break;
      default:
        break;
    }
    if (!person.named) out.append("the ");
    out.append(person.name);
    if (form == Mod::possessive) out.append("'s");
  }

  void thing(Writer& out, const Thing& thing, Mod, Mod determiner, bool qualified, const Person* possessor,
             bool pronoun) const override {
    if (pronoun) return out.append("it");
    if (determiner == Mod::own) {
      BANTAM_ASSERT(possessor != nullptr);
      out.append(possessor->gender == Gender::masculine ? "his " : "her ");
    } else if (determiner == Mod::a) {
      out.indefinite_article();
      out.append(" ");
    } else if (determiner == Mod::the) {
      out.append("the ");
    }
    if (qualified && thing.quality) out.append(thing.quality->base() + " ");
    if (qualified && thing.colour) out.append(thing.colour->base() + " ");
    out.append(thing.noun->base());
  }

  void place(Writer& out, const Place& place, Mod form, Mod) const override {
    if (form == Mod::none) out.append("the ");
    out.append(form_of(*place.word, form));
  }

  std::string number(int value) const override {
    static constexpr const char* kSmall[] = {"zero",    "one",     "two",       "three",    "four",
                                             "five",    "six",     "seven",     "eight",    "nine",
                                             "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                             "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
    static constexpr const char* kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                            "fifty", "sixty", "seventy", "eighty", "ninety"};
    BANTAM_ASSERT(value >= 0 && value < 10'000);
    if (value < 20) return kSmall[value];
    if (value < 100)
      return std::string(kTens[value / 10]) + (value % 10 ? std::string("-") + kSmall[value % 10] : "");
    const int unit = value < 1000 ? 100 : 1000;
    const std::string head = number(value / unit) + (unit == 100 ? " hundred" : " thousand");
    const int rest = value % unit;
    return rest == 0 ? head : head + (rest < 100 ? " and " : " ") + number(rest);
  }

 private:
  static void indefinite(Writer& out, const Word& word) {
    if (word.mass) return out.append("some ");
    out.indefinite_article();
    out.append(" ");
  }

  static const std::string& form_of(const Word& word, Mod form) {
    switch (form) {
      case Mod::plural:
        return word.mass ? word[Form::base] : word[Form::plural];
      case Mod::past:
        return word[Form::past];
      case Mod::gerund:
        return word[Form::gerund];
      case Mod::present:
        return word[Form::present];
      case Mod::participle:
        return word[Form::participle];
      case Mod::where:
        return word[Form::where];
      case Mod::whence:
        return word[Form::whence];
      case Mod::whither:
        return word[Form::whither];
      default:
        return word[Form::base];
    }
  }
};

}  // namespace

const Voice& Voice::english() {
  static const English voice;
  return voice;
}

}  // namespace bantam::corpus
