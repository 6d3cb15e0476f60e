// Italian words. The format is that of words.h.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianWords = "", kItalianRules = "", kItalianPlots = "", kItalianDialogue = "";

}  // namespace bantam::corpus
