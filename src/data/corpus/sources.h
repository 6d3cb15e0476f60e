// The text of the two grammars, in the formats of words.h and grammar.h.
#pragma once
#include <string_view>

namespace bantam::corpus {

extern const std::string_view kEnglishNouns, kEnglishWords, kEnglishRules, kEnglishPlotsOfThings,
    kEnglishPlotsOfPeople, kEnglishPlotsOfJourneys, kEnglishDialogue;
extern const std::string_view kItalianNouns, kItalianWords, kItalianRules, kItalianPlotsOfThings,
    kItalianPlotsOfPeople, kItalianPlotsOfJourneys, kItalianDialogue;

}  // namespace bantam::corpus
