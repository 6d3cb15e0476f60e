// Who has what: a few sentences in which things change hands, then questions about who has them in the end.
#pragma once
#include <string>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/corpus/dice.h"
#include "data/corpus/grammar.h"

namespace bantam::corpus {

struct OwnershipQuestion {
  std::string question, answer, thing;
  int transfers = 0;
};

struct OwnershipStory {
  std::string text;
  std::vector<std::string> names;  // in order of first mention
  std::vector<OwnershipQuestion> questions;
  uint64_t core = 0;  // hash of the names in the text, the things and who first had what
};

OwnershipStory ownership_story(Dice& dice, const Grammar& grammar, Split split);
Document ownership_document(Dice& dice, const Grammar& grammar, Split split);

}  // namespace bantam::corpus
