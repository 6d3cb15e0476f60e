#include "text/merge_learner.h"

#include <algorithm>
#include <unordered_map>

#include "base/error.h"

namespace bantam {
namespace {

constexpr uint64_t pair_key(int32_t left, int32_t right) {
  return uint64_t(uint32_t(left)) << 32 | uint32_t(right);
}

}  // namespace

// The counts of all pairs, and the queue of those to merge.
class MergeLearner::Queue {
 public:
  Queue() { resize(1 << 16); }

  void change_count(int32_t left, int32_t right, int64_t by) { pair(pair_key(left, right)).count += by; }

  // The same for a pair that this step makes: it will be pushed with the words it was made in.
  void change_count_in(int32_t left, int32_t right, int64_t by, uint32_t word) {
    Pair& p = pair(pair_key(left, right));
    p.count += by;
    if (p.entry == kNone) {
      p.entry = new_entry();
      made_.push_back(p.key);
    }
    std::vector<uint32_t>& words = entries_[p.entry];
    if (words.empty() || words.back() != word) words.push_back(word);
  }

  // Ends a step: queues the pairs made in it.
  void push_made() {
    for (const uint64_t key : made_) {
      Pair& p = pair(key);
      if (p.count > 0)
        push({p.count, key, p.entry});
      else
        free_entry(p.entry);
      p.entry = kNone;
    }
    made_.clear();
  }

  struct Top {
    int64_t count;
    uint64_t key;
    std::vector<uint32_t> words;
  };
  // The next pair whose count is up to date; false if none is left.
  bool pop(Top& top) {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end());
      Entry entry = heap_.back();
      heap_.pop_back();
      const int64_t count = pair(entry.key).count;
      if (entry.count == count) {
        top = {count, entry.key, std::move(entries_[entry.words])};
        free_entry(entry.words);
        return true;
      }
      entry.count = count;
      push(entry);
    }
    return false;
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr uint64_t kFree = ~uint64_t{0};

  struct Pair {
    uint64_t key = kFree;
    int64_t count = 0;
    uint32_t entry = kNone;  // of this step
  };
  struct Entry {
    int64_t count;
    uint64_t key;
    uint32_t words;  // in entries_
    bool operator<(const Entry& other) const {
      return count != other.count ? count < other.count : key > other.key;
    }
  };

  Pair& pair(uint64_t key) {
    const size_t mask = pairs_.size() - 1;
    for (size_t i = (key * 0x9E3779B97F4A7C15u) >> shift_;; i = (i + 1) & mask) {
      if (pairs_[i].key == key) return pairs_[i];
      if (pairs_[i].key != kFree) continue;
      if (used_ * 2 >= pairs_.size()) {
        resize(pairs_.size() * 2);
        return pair(key);
      }
      ++used_;
      pairs_[i].key = key;
      return pairs_[i];
    }
  }
  void resize(size_t size) {
    const std::vector<Pair> old = std::exchange(pairs_, std::vector<Pair>(size));
    shift_ = 64 - __builtin_ctzll(size);
    for (const Pair& p : old) {
      if (p.key == kFree) continue;
      size_t i = (p.key * 0x9E3779B97F4A7C15u) >> shift_;
      while (pairs_[i].key != kFree) i = (i + 1) & (size - 1);
      pairs_[i] = p;
    }
  }
  uint32_t new_entry() {
    if (free_.empty()) {
      entries_.emplace_back();
      return static_cast<uint32_t>(entries_.size() - 1);
    }
    const uint32_t entry = free_.back();
    free_.pop_back();
    return entry;
  }
  void free_entry(uint32_t entry) {
    entries_[entry] = {};
    free_.push_back(entry);
  }
  void push(const Entry& entry) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end());
  }

  std::vector<Pair> pairs_;  // open addressing
  size_t used_ = 0;
  int shift_ = 0;
  std::vector<Entry> heap_;
  std::vector<std::vector<uint32_t>> entries_;
  std::vector<uint32_t> free_;
  std::vector<uint64_t> made_;
};

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

void MergeLearner::count_pairs(Queue& queue) const {
  for (uint32_t w = 0; w < words_.size(); ++w) {
    const int32_t* symbols = symbols_.data() + words_[w].begin;
    for (uint32_t i = 0; i + 1 < words_[w].size; ++i)
      queue.change_count_in(symbols[i], symbols[i + 1], words_[w].count, w);
  }
  queue.push_made();
}

// Left to right, without overlap; the neighbours are those of the word as rewritten so far.
void MergeLearner::merge_in_word(uint32_t word, int32_t left, int32_t right, int32_t merged,
                                 const Limits& limits, Queue& queue) {
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

void MergeLearner::learn(const Limits& limits, FunctionRef<void(size_t tokens)> progress) {
  lengths_.assign(tokens_.size(), 1);
  std::unordered_map<std::string, int32_t> ids;
  for (size_t id = 0; id < tokens_.size(); ++id) ids.emplace(tokens_[id], static_cast<int32_t>(id));
  Queue queue;
  count_pairs(queue);
  Queue::Top top;
  while (tokens_.size() < limits.vocab_size && queue.pop(top)) {
    if (top.count < 1 || static_cast<uint64_t>(top.count) < limits.min_frequency) break;
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
    for (const uint32_t word : top.words) merge_in_word(word, left, right, merged, limits, queue);
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
}

}  // namespace bantam
