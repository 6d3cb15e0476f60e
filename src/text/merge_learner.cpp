#include "text/merge_learner.h"

#include <algorithm>
#include <unordered_map>

#include "base/error.h"

namespace bantam {
namespace {

// Of a token: its string, what is looked up by it, and its merge.
constexpr uint64_t kTokenBytes = 256;
constexpr uint32_t kWordsBetweenChecks = 4096;

}  // namespace

void MergeLearner::reserve(size_t words, size_t symbols) {
  words_.reserve(words);
  symbols_.reserve(symbols);
}

void MergeLearner::add_word(std::vector<int32_t>::const_iterator begin,
                            std::vector<int32_t>::const_iterator end, uint64_t count) {
  require(symbols_.size() + (end - begin) < ~uint32_t{0}, ErrorCode::out_of_memory,
          "tokenizer training: the distinct words have over 4 GB of letters; give a smaller --memory");
  words_.push_back({static_cast<uint32_t>(symbols_.size()), static_cast<uint32_t>(end - begin),
                    static_cast<int64_t>(count)});
  symbols_.insert(symbols_.end(), begin, end);
}

bool MergeLearner::count_pairs(const Limits& limits, PairQueue& queue) const {
  for (uint32_t w = 0; w < words_.size(); ++w) {
    if (w % kWordsBetweenChecks == 0 && memory_bytes(queue) > limits.memory_bytes) return false;
    const int32_t* symbols = symbols_.data() + words_[w].begin;
    for (uint32_t i = 0; i + 1 < words_[w].size; ++i)
      queue.change_count_in(symbols[i], symbols[i + 1], words_[w].count, w);
  }
  queue.push_made();
  return true;
}

// Left to right, without overlap; the neighbours are those of the word as rewritten so far.
void MergeLearner::merge_in_word(uint32_t word, int32_t left, int32_t right, int32_t merged,
                                 const Limits& limits, PairQueue& queue) {
  int32_t* const symbols = symbols_.data() + words_[word].begin;
  const uint32_t size = words_[word].size;
  const int64_t count = words_[word].count;
  const auto may_join = [&](int32_t neighbour) {
    return limits.max_token_length == 0 ||
           lengths_[neighbour] + lengths_[merged] < static_cast<int64_t>(limits.max_token_length);
  };
  uint32_t kept = 0;
  for (uint32_t i = 0; i < size; ++i) {
    if (symbols[i] != left || i + 1 == size || symbols[i + 1] != right) {
      symbols[kept++] = symbols[i];
      continue;
    }
    if (kept > 0) {
      const int32_t previous = symbols[kept - 1];
      queue.change_count(previous, left, -count);
      if (may_join(previous)) queue.change_count_in(previous, merged, count, word);
    }
    if (i + 2 < size) {
      const int32_t next = symbols[i + 2];
      queue.change_count(right, next, -count);
      if (may_join(next)) queue.change_count_in(merged, next, count, word);
    }
    symbols[kept++] = merged;
    ++i;
  }
  words_[word].size = kept;
}

bool MergeLearner::learn(const Limits& limits, FunctionRef<void(size_t tokens)> progress) {
  lengths_.assign(tokens_.size(), 1);
  std::unordered_map<std::string, int32_t> ids;
  for (size_t id = 0; id < tokens_.size(); ++id) ids.emplace(tokens_[id], static_cast<int32_t>(id));
  PairQueue queue;
  if (!count_pairs(limits, queue)) return false;
  PairQueue::Top top;
  while (tokens_.size() < limits.vocab_size && queue.pop(top)) {
    if (top.count < 1 || static_cast<uint64_t>(top.count) < limits.min_frequency) break;
    if (memory_bytes(queue) > limits.memory_bytes) return false;
    const auto left = static_cast<int32_t>(top.key >> 32), right = static_cast<int32_t>(top.key & 0xFFFFFFFF);
    const auto [known, fresh] =
        ids.try_emplace(tokens_[left] + tokens_[right], static_cast<int32_t>(tokens_.size()));
    const int32_t merged = known->second;
    if (fresh) {
      tokens_.push_back(known->first);
      lengths_.push_back(0);
    }
    lengths_[merged] = lengths_[left] + lengths_[right];
    merges_.emplace_back(left, right);
    queue.lists().each(top.words,
                       [&](uint32_t word) { merge_in_word(word, left, right, merged, limits, queue); });
    queue.lists().free(top.words);
    queue.push_made();
    if (merges_.size() % 256 == 0) progress(tokens_.size());
  }
  progress(tokens_.size());

  std::unordered_map<uint64_t, size_t> last;
  for (size_t rank = 0; rank < merges_.size(); ++rank)
    last[pair_key(merges_[rank].first, merges_[rank].second)] = rank;
  size_t rank = 0;
  std::erase_if(merges_,
                [&](const auto& merge) { return last[pair_key(merge.first, merge.second)] != rank++; });
  return true;
}

uint64_t MergeLearner::memory_bytes(const PairQueue& queue) const {
  return words_.capacity() * sizeof(Word) + symbols_.capacity() * sizeof(int32_t) +
         tokens_.size() * kTokenBytes + queue.memory_bytes();
}

}  // namespace bantam
