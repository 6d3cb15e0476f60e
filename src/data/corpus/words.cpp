#include "data/corpus/words.h"

#include <algorithm>

#include "base/error.h"
#include "data/corpus/dice.h"

namespace bantam::corpus {

void WordList::finish() {
  cumulative_.clear();
  const uint64_t offset = 3 + words_.size() / 7;
  uint32_t total = 0;
  for (size_t rank = 0; rank < words_.size(); ++rank) {
    total += static_cast<uint32_t>(4'000'000 / (rank + offset));
    cumulative_.push_back(total);
  }
}

const Word& WordList::draw(Dice& dice) const {
  BANTAM_ASSERT(!words_.empty());
  const uint32_t point = static_cast<uint32_t>(dice.below(cumulative_.back()));
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
  return words_[static_cast<size_t>(found - cumulative_.begin())];
}

const Word* WordList::find(std::string_view base) const {
  const auto found =
      std::find_if(words_.begin(), words_.end(), [&](const Word& w) { return w.base() == base; });
  return found == words_.end() ? nullptr : &*found;
}

}  // namespace bantam::corpus
