// Turns events into sentences: chooses names or pronouns so that nobody is confused, joins short clauses with the
// same subject, introduces things with "a" and takes them up again with "the".
#pragma once
#include <string>
#include <string_view>

#include "data/corpus/dice.h"
#include "data/corpus/voice.h"

namespace bantam::corpus {

// What the letters of a template stand for.
struct Cast {
  Person *A = nullptr, *B = nullptr, *C = nullptr, *D = nullptr;
  Thing *o = nullptr, *q = nullptr, *k = nullptr;
  Place *p = nullptr, *r = nullptr;
  int n = 0, m = 0, t = 0;
  const Word *x = nullptr, *y = nullptr, *z = nullptr;
};

class Teller {
 public:
  Teller(const Grammar& grammar, Dice& dice)
      : grammar_(grammar),
        voice_(Voice::of(grammar.language())),
        dice_(dice),
        out_(grammar.language() == Language::italian) {}

  // A rule that is one or more whole sentences.
  void say(std::string_view rule, const Cast& cast = {});
  // A rule that is a verb phrase ("gave {o} to {B.him}"), said of cast.A. Neighbours may become one sentence.
  void act(std::string_view rule, const Cast& cast);
  // The adverbial before the next act: a rule such as "the next morning".
  void lead(std::string_view rule) { lead_ = rule; }
  void paragraph();

  // A rule on its own, outside the running text.
  std::string phrase(std::string_view rule, const Cast& cast = {});

  const Grammar& grammar() const { return grammar_; }
  const Word& draw(std::string_view list) { return grammar_.list(list).draw(dice_); }
  std::string finish();

 private:
  static constexpr int kPeople = 8;  // who was mentioned, by address
  struct Mentions {
    const Person* people[kPeople] = {};
    const Person* subject = nullptr;
    bool rival =
        false;  // somebody else was named after the subject, perhaps as the subject of another clause
    void add(const Person* person);
    bool has(const Person* person) const;
  };
  using Registers = const Word* [8];

  void end_sentence();
  void begin_sentence();
  static void fill(Registers& registers, const Cast& cast);
  void render(const Rule& rule, const Cast& cast);
  void render(const Template& nodes, const Cast& cast, Registers& registers);
  void render_word(const Node& node, const Word& word, const Cast& cast, Registers& registers);
  void render_person(const Node& node, Person& person);
  void render_thing(const Node& node, Thing& thing, const Cast& cast);
  bool pronoun_is_clear(const Person& person, bool subject) const;

  const Grammar& grammar_;
  const Voice& voice_;
  Dice& dice_;
  Writer out_;
  Mentions now_, before_;
  const Person* open_subject_ = nullptr;  // of the sentence that may still grow
  int clauses_ = 0, pronouns_in_a_row_ = 0;
  struct ThingsNamed {
    const Thing* last = nullptr;
    bool several = false;
  } things_now_, things_before_;  // what "it" could mean
  std::string_view lead_;
};

}  // namespace bantam::corpus
