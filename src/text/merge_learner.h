// Learns BPE merges from counted words, exactly as the BpeTrainer of Hugging Face tokenizers does (its
// version 0.23).
//
// The pair with the highest count is merged next; of several, the one with the smaller left id, then right
// id. A queue entry carries the count it was pushed with and the words it was seen in: an entry whose count
// is out of date is put back with the right one, and a merge touches only the words of its entry. A merge
// whose string exists already (made from other parts, or equal to a special token) reuses that token.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function_ref.h"
#include "text/pair_queue.h"

namespace bantam {

class MergeLearner {
 public:
  struct Limits {
    size_t vocab_size = 0;                 // no merge is learned once so many tokens exist
    uint64_t min_frequency = 0;            // pairs seen less often stay apart; 0 and 1: all that occur
    uint64_t max_token_length = 0;         // tokens that merges add have fewer letters than this; 0: any
    uint64_t memory_bytes = ~uint64_t{0};  // words, pairs and lists at most
  };

  // `tokens`: the strings known from the start, by id: special tokens and the letters. No two are equal.
  explicit MergeLearner(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}

  // A word as ids of letters. Requires: the sum of all symbols is below 2^32.
  void add_word(std::vector<int32_t>::const_iterator begin, std::vector<int32_t>::const_iterator end,
                uint64_t count);
  void reserve(size_t words, size_t symbols);

  // False, and nothing is learned, where that takes more memory: a function of words and limits. `progress` hears the
  // number of tokens now and then, and stops the learning by throwing.
  [[nodiscard]] bool learn(const Limits& limits, FunctionRef<void(size_t tokens)> progress);

  const std::vector<std::string>& tokens() const { return tokens_; }  // by id, grown by the merges
  // By rank; a pair learned twice has its last place.
  const std::vector<std::pair<int32_t, int32_t>>& merges() const { return merges_; }

 private:
  struct Word {
    uint32_t begin, size;  // in symbols_
    int64_t count;
  };

  bool count_pairs(const Limits& limits, PairQueue& queue) const;
  void merge_in_word(uint32_t word, int32_t left, int32_t right, int32_t merged, const Limits& limits,
                     PairQueue& queue);
  uint64_t memory_bytes(const PairQueue& queue) const;

  std::vector<std::string> tokens_;
  std::vector<int64_t> lengths_;  // of the tokens, in letters
  std::vector<int32_t> symbols_;
  std::vector<Word> words_;
  std::vector<std::pair<int32_t, int32_t>> merges_;
};

}  // namespace bantam
