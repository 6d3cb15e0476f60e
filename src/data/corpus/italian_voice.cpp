// Italian: articles by gender, number and the next sound (lo zaino, l'amico, gli alberi, un'anatra), articulated
// prepositions, agreement, subjects that are left out when they are clear.
#include <algorithm>

#include "base/error.h"
#include "data/corpus/voice.h"

namespace bantam::corpus {
namespace {

bool starts_with_vowel(std::string_view word) {
  return !word.empty() && (std::string_view("aeiouAEIOU").find(word[0]) != std::string_view::npos ||
                           word.starts_with("è") || word.starts_with("ho"));
}

// s + consonant, z, gn, ps, pn, x, y: lo, uno, gli.
bool is_impure(std::string_view word) {
  if (word.size() < 2) return false;
  const auto starts = [&](std::string_view prefix) { return word.starts_with(prefix); };
  static constexpr std::string_view kPrefixes[] = {"z", "gn", "ps", "pn", "x", "y", "Z"};
  if (std::any_of(std::begin(kPrefixes), std::end(kPrefixes), starts)) return true;
  return word[0] == 's' && std::string_view("aeiou").find(word[1]) == std::string_view::npos;
}

struct Sound {
  bool feminine, plural, vowel, impure;
};

std::string_view definite(Sound s) {
  if (s.plural) return s.feminine ? "le " : s.vowel || s.impure ? "gli " : "i ";
  if (s.vowel) return "l'";
  return s.feminine ? "la " : s.impure ? "lo " : "il ";
}

std::string_view indefinite(Sound s) {
  if (s.feminine) return s.vowel ? "un'" : "una ";
  return s.impure ? "uno " : "un ";
}

// di + il = del, and so on: stem of the preposition, then what follows it.
std::string contracted(std::string_view stem, Sound s) {
  std::string result(stem);
  if (s.plural) return result + (s.feminine ? "lle " : s.vowel || s.impure ? "gli " : "i ");
  if (s.vowel) return result + "ll'";
  return result + (s.feminine ? "lla " : s.impure ? "llo " : "l ");
}

std::string determined(Mod determiner, Sound s) {
  switch (determiner) {
    case Mod::the:
      return std::string(definite(s));
    case Mod::a:
      return s.plural ? contracted("de", s) : std::string(indefinite(s));
    case Mod::di:
      return contracted("de", s);
    case Mod::al:
      return contracted("a", s);
    case Mod::dal:
      return contracted("da", s);
    case Mod::nel:
      return contracted("ne", s);
    case Mod::sul:
      return contracted("su", s);
    case Mod::own:
      return s.feminine ? "la sua " : "il suo ";
    default:
      return {};
  }
}

class Italian final : public Voice {
 public:
  void word(Writer& out, const Word& word, Mod form, Mod determiner) const override {
    const bool feminine = word.gender == Gender::feminine;
    if (form == Mod::ending) return out.append(feminine ? "a" : "o");
    if (form == Mod::endings) return out.append(feminine ? "e" : "i");
    if (form == Mod::agree) return out.append(agreeing(word, out.noun_gender(), out.noun_is_plural()));
    const bool plural = form == Mod::plural && !word.mass;
    const std::string& text = form_of(word, form);
    const Sound sound{feminine, plural, starts_with_vowel(text), is_impure(text)};
    const bool partitive = determiner == Mod::a && word.mass;  // "del pane"
    out.append(determined(partitive ? Mod::di : determiner, sound));
    out.append(text);
    out.set_noun(word.gender, plural);
  }

  void person(Writer& out, const Person& person, Mod form, Mod determiner,
              Reference reference) const override {
    const bool she = person.gender == Gender::feminine;
    switch (form) {
      case Mod::ending:
        return out.append(she ? "a" : "o");
      case Mod::dative:
        return out.append(she ? "le" : "gli");
      case Mod::him:
        return out.append(she ? "la" : "lo");
      case Mod::he:
        return out.append(she ? "lei" : "lui");
      case Mod::full:
        return kind(out, person, determiner);
      default:
        break;
    }
    out.set_noun(person.gender, false);
    if (form == Mod::none && determiner == Mod::none && reference.pronoun_is_clear) return;  // left out
    if (person.named) {
      out.append(determiner == Mod::al    ? "a "
                 : determiner == Mod::di  ? "di "
                 : determiner == Mod::dal ? "da "
                                          : "");
    } else {
      const Sound sound{she, false, starts_with_vowel(person.name), is_impure(person.name)};
      out.append(determined(determiner == Mod::none ? Mod::the : determiner, sound));
    }
    out.append(person.name);
  }

  void thing(Writer& out, const Thing& thing, Mod form, Mod determiner, bool qualified, const Person*,
             bool) const override {
    const Word& noun = *thing.noun;
    const bool feminine = noun.gender == Gender::feminine;
    if (form == Mod::ending) return out.append(feminine ? "a" : "o");
    if (form == Mod::him) return out.append(feminine ? "la" : "lo");
    // "una vecchia palla rossa", "una palla di legno rossa", "una palla rossa e liscia"
    const std::string colour = qualified && thing.colour ? agreeing(*thing.colour, noun.gender, false) : "";
    const std::string quality =
        qualified && thing.quality ? agreeing(*thing.quality, noun.gender, false) : "";
    std::string text = noun.base();
    if (!quality.empty() && thing.quality->before_noun) text = quality + " " + text;
    const bool joined = quality.starts_with("di ") || quality.starts_with("a ") || quality.starts_with("d'");
    if (joined) text += " " + quality;
    if (!colour.empty()) text += " " + colour;
    if (!quality.empty() && !joined && !thing.quality->before_noun) {
      text += colour.empty() ? " " : quality[0] == 'e' ? " ed " : " e ";
      text += quality;
    }
    out.append(determined(determiner, {feminine, false, starts_with_vowel(text), is_impure(text)}));
    out.append(text);
    out.set_noun(noun.gender, false);
  }

  void place(Writer& out, const Place& place, Mod form, Mod determiner) const override {
    const Word& word = *place.word;
    if (form == Mod::where || form == Mod::whither) return out.append(word[Form::where]);
    const Mod article = form == Mod::whence ? Mod::dal : determiner == Mod::none ? Mod::the : determiner;
    this->word(out, word, Mod::none, article);
  }

  std::string number(int value) const override {
    static constexpr const char* kSmall[] = {"zero",     "uno",    "due",         "tre",      "quattro",
                                             "cinque",   "sei",    "sette",       "otto",     "nove",
                                             "dieci",    "undici", "dodici",      "tredici",  "quattordici",
                                             "quindici", "sedici", "diciassette", "diciotto", "diciannove"};
    static constexpr const char* kTens[] = {"",          "",         "venti",    "trenta",  "quaranta",
                                            "cinquanta", "sessanta", "settanta", "ottanta", "novanta"};
    BANTAM_ASSERT(value >= 0 && value < 10'000);
    if (value < 20) return kSmall[value];
    if (value < 100) {
      std::string tens = kTens[value / 10];
      const int unit = value % 10;
      if (unit == 0) return tens;
      if (unit == 1 || unit == 8) tens.pop_back();  // ventuno, ventotto
      return tens + (unit == 3 ? "tré" : kSmall[unit]);
    }
    if (value < 1000) {
      const std::string head = (value < 200 ? std::string() : number(value / 100)) + "cento";
      return value % 100 == 0 ? head : head + number(value % 100);
    }
    const std::string head = value < 2000 ? "mille" : number(value / 1000) + "mila";
    return value % 1000 == 0 ? head : head + number(value % 1000);
  }

 private:
  // "una bambina", "il fornaio": what the person is.
  static void kind(Writer& out, const Person& person, Mod determiner) {
    const bool she = person.gender == Gender::feminine;
    const std::string& feminine = (*person.role)[Form::feminine];
    const std::string& text = she && !feminine.empty() ? feminine : person.role->base();
    out.append(determined(determiner, {she, false, starts_with_vowel(text), is_impure(text)}));
    out.append(text);
    out.set_noun(person.gender, false);
  }

  static const std::string& agreeing(const Word& adjective, Gender gender, bool plural) {
    if (gender == Gender::feminine) return adjective[plural ? Form::feminines : Form::feminine];
    return adjective[plural ? Form::plural : Form::base];
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
      case Mod::imperfect:
        return word[Form::imperfect];
      case Mod::where:
        return word[Form::where];
      default:
        return word[Form::base];
    }
  }
};

}  // namespace

const Voice& Voice::italian() {
  static const Italian voice;
  return voice;
}

}  // namespace bantam::corpus
