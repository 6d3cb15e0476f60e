// Conversations: small talk, requests for a story, questions about a story just told, meanings of words.
#pragma once
#include "data/corpus/arithmetic.h"
#include "data/corpus/corpus.h"
#include "data/corpus/dice.h"
#include "data/corpus/grammar.h"

namespace bantam::corpus {

Document dialogue_document(Dice& dice, const Grammar& grammar, const Facts& facts);

}  // namespace bantam::corpus
