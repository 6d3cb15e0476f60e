// The text of the two grammars, in the formats of words.h and grammar.h.
#pragma once
#include <string_view>

namespace bantam::corpus {

extern const std::string_view kEnglishNouns, kEnglishWords, kEnglishRules, kEnglishPlots, kEnglishDialogue;
extern const std::string_view kItalianNouns, kItalianWords, kItalianRules, kItalianPlots, kItalianDialogue;

}  // namespace bantam::corpus
