// The two grammars, built once.
#include "data/corpus/grammar.h"
#include "data/corpus/sources.h"

namespace bantam::corpus {

const Grammar& Grammar::english() {
  static const Grammar grammar = [] {
    const std::string_view sources[] = {kEnglishNouns,         kEnglishWords,         kEnglishRules,
                                        kEnglishPlotsOfThings, kEnglishPlotsOfPeople, kEnglishPlotsOfJourneys,
                                        kEnglishDialogue};
    return Grammar(Language::english, sources);
  }();
  return grammar;
}

const Grammar& Grammar::italian() {
  static const Grammar grammar = [] {
    const std::string_view sources[] = {kItalianNouns,         kItalianWords,         kItalianRules,
                                        kItalianPlotsOfThings, kItalianPlotsOfPeople, kItalianPlotsOfJourneys,
                                        kItalianDialogue};
    return Grammar(Language::italian, sources);
  }();
  return grammar;
}

}  // namespace bantam::corpus
