// A context-free grammar whose leaves are words with forms and the people, things and places of a story.
//
// Text form (see words.h for word lists):
//   rule give:                                a rule; one template a line, drawn evenly
//     [gave|handed] {o} to {B.o}
//   [x|y|]       one of the alternatives (they nest)
//   {an}         "a" or "an", whichever the next word takes
//   {A} … {F}    a person          {A.his} {A.him} …   in a form (see Mod)
//   {o} {q} {k}  a thing           {p} {r}             a place
//   {n} {m} {t}  a number in words {n.d}               in digits
//   {fruit}      a word drawn from the list `fruit`, or a rule of that name
//   {fruit:x}    the same, remembered;  {x.pl}  the remembered word in another form (x, y, z, v, w)
// Every name is resolved when the grammar is built: a grammar that builds has no loose ends.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/corpus/words.h"

namespace bantam::corpus {

enum class Language : uint8_t { english, italian };

// What a slot asks for beyond the plain word. A slot has at most one form and one determiner.
enum class Mod : uint8_t {
  none,
  // forms of words
  plural,
  past,
  gerund,
  present,
  participle,
  imperfect,
  agree,
  where,
  whence,
  whither,
  // determiners and articulated prepositions; English uses a and the
  a,
  the,
  di,
  al,
  dal,
  nel,
  sul,
  // people and things
  name,
  him,
  his,
  he,
  himself,
  possessive,
  ending,
  endings,
  dative,
  own,
  full,
  digits
};

struct Node {
  enum class Kind : uint8_t {
    text,
    choice,
    article,
    list,
    word_register,
    rule,
    person,
    thing,
    place,
    number
  };
  Kind kind = Kind::text;
  Mod form = Mod::none, determiner = Mod::none;
  char slot = 0;      // the letter of a person, thing, place, number or register
  char remember = 0;  // list: the register that keeps the word
  int target = -1;    // list or rule number
  std::string text;
  std::vector<std::vector<Node>> choices;
};
using Template = std::vector<Node>;

struct Rule {
  std::string name;
  std::vector<Template> templates;
  std::vector<bool>
      compound;  // of each template: joins clauses itself ("took it and ran"), so nothing is added
};

class Grammar {
 public:
  // Each source holds word lists and rules; the parts of one list may be spread over sources.
  Grammar(Language language, std::span<const std::string_view> sources);

  Language language() const { return language_; }
  const Rule& rule(std::string_view name) const;
  const Rule& rule(int number) const { return rules_[static_cast<size_t>(number)]; }
  const WordList& list(std::string_view name) const;
  const WordList& list(int number) const { return lists_[static_cast<size_t>(number)]; }
  const Template& tail(const Word& word) const { return tails_[static_cast<size_t>(word.tail_template)]; }
  bool has_rule(std::string_view name) const { return rule_numbers_.contains(name); }
  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<WordList>& lists() const { return lists_; }

  static const Grammar& english();
  static const Grammar& italian();
  static const Grammar& of(Language language) {
    return language == Language::english ? english() : italian();
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  using Numbers = std::unordered_map<std::string, int, Hash, std::equal_to<>>;

  void read(std::string_view source, std::vector<std::pair<int, std::string_view>>& templates);
  void read_words(std::string_view kind, int list, std::string_view line);
  int number_of(Numbers& numbers, std::string_view name, size_t size);
  Template parse(std::string_view text) const;
  Template parse_until(std::string_view text, size_t& at, bool in_choice) const;
  Node parse_slot(std::string_view slot) const;

  Language language_;
  std::vector<Rule> rules_;
  std::vector<WordList> lists_;
  std::vector<std::string> tail_texts_;
  std::vector<Template> tails_;
  Numbers rule_numbers_, list_numbers_;
};

}  // namespace bantam::corpus
