// How a language names things: articles, cases, pronouns. One table of functions a language.
#pragma once
#include <string>

#include "data/corpus/grammar.h"
#include "data/corpus/world.h"
#include "data/corpus/writer.h"

namespace bantam::corpus {

// How a person may be referred to at this point of the text.
struct Reference {
  bool pronoun_is_clear = false;  // nobody else it could mean
  bool subject = true;
};

class Voice {
 public:
  virtual ~Voice() = default;
  // A word from a list: "apple", "an apple", "delle mele".
  virtual void word(Writer& out, const Word& word, Mod form, Mod determiner) const = 0;
  virtual void person(Writer& out, const Person& person, Mod form, Mod determiner,
                      Reference reference) const = 0;
  // `qualified`: with its adjectives. `possessor` for Mod::own. `pronoun`: it is clear what "it" would mean.
  virtual void thing(Writer& out, const Thing& thing, Mod form, Mod determiner, bool qualified,
                     const Person* possessor, bool pronoun) const = 0;
  virtual void place(Writer& out, const Place& place, Mod form, Mod determiner) const = 0;
  virtual std::string number(int value) const = 0;  // in words, 0 … 9999

  static const Voice& english();
  static const Voice& italian();
  static const Voice& of(Language language) { return language == Language::english ? english() : italian(); }
};

}  // namespace bantam::corpus
