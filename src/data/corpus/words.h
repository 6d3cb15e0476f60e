// Words with the forms that sentences ask of them, and named lists of words.
//
// A language's words come as plain text, a list under each heading; `class name:` starts a list:
//   noun fruit: apple, pear, cherry, gooseberry        verb chore: sweep the floor, peel {vegetable.pl}
//   Entries stand with the common ones first, because draws favour the front of a list.
// Classes and what an entry may add to the word:
//   noun    English: irregular plural after a slash (mouse/mice); a lone slash (bread/) marks a mass noun.
//           Italian: gender after a space where the ending misleads (chiave f), plural after a slash.
//   adj     Italian: four forms are derived from the ending; a lone slash (blu/): it does not change; a caret (^vecchio):
//           it stands before its noun.
//   verb    Only the first word is conjugated; the rest of the entry follows it unchanged.
//   pair    Italian: masculine/feminine name of one role (fornaio/fornaia); English: as noun.
//   place   word|where|whence, e.g. kitchen|in the kitchen|from the kitchen; English may write "kitchen in".
//   couple  Two things that belong together, big=small; the second is the form `pl`.
//   name    Proper names.    phrase    Anything else, used as it stands.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bantam::corpus {

class Dice;

enum class Gender : uint8_t { masculine, feminine };

// Positions in Word::forms. Each class fills the forms it has.
enum class Form : uint8_t {
  base,        // noun: singular; verb: infinitive; adjective: masculine singular; place: the bare noun
  plural,      // noun, adjective (masculine)
  feminine,    // Italian adjective; pair
  feminines,   // Italian adjective: feminine plural
  past,        // English past; Italian passato remoto, third person
  gerund,      // English -ing; Italian gerundio
  present,     // third person singular
  participle,  // English past participle; Italian masculine singular
  imperfect,   // Italian imperfetto, third person
  where,       // place: "in the kitchen"
  whence,      // place: "from the kitchen"
  whither,     // place: "to the kitchen"
  count
};

struct Word {
  std::array<std::string, static_cast<size_t>(Form::count)> forms;
  Gender gender = Gender::masculine;
  bool before_noun = false;  // Italian adjective
  bool mass = false;         // takes no indefinite article and has no plural
  std::string tail;          // verb: the template that follows the conjugated word
  int tail_template = -1;    // its number once the grammar has compiled it

  const std::string& operator[](Form form) const { return forms[static_cast<size_t>(form)]; }
  std::string& operator[](Form form) { return forms[static_cast<size_t>(form)]; }
  const std::string& base() const { return (*this)[Form::base]; }
};

class WordList {
 public:
  void add(Word word) { words_.push_back(std::move(word)); }
  void finish();  // computes the weights of the draw
  size_t size() const { return words_.size(); }
  const Word& operator[](size_t index) const { return words_[index]; }
  const std::vector<Word>& words() const { return words_; }
  // The word at rank r has weight 1 / (r + offset), with an offset that keeps the last word about eight times rarer
  // than the first.
  const Word& draw(Dice& dice) const;
  const Word* find(std::string_view base) const;  // null when the list lacks it

 private:
  std::vector<Word> words_;
  std::vector<uint32_t> cumulative_;
};

// Derives the forms of one entry of class `kind`; false for a class that does not exist.
using WordMaker = bool (*)(std::string_view kind, std::string_view entry, Word& word);
bool make_english_word(std::string_view kind, std::string_view entry, Word& word);
bool make_italian_word(std::string_view kind, std::string_view entry, Word& word);

}  // namespace bantam::corpus
