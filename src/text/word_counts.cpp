#include "text/word_counts.h"

#include <malloc.h>

#include <algorithm>

#include "base/threads.h"

namespace bantam {
namespace {

// Tables are many small pieces: given back to the allocator, their pages would stay with the program.
void return_pages() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace

void WordCounts::add(size_t blocks,
                     FunctionRef<void(size_t block, FunctionRef<void(std::string_view)> word)> split_block) {
  blocks_.resize(std::max(blocks_.size(), blocks));
  std::vector<std::vector<std::vector<WordTable::Slot>>> by_shard(blocks);
  parallel_for(blocks, [&](size_t block) {
    WordTable& words = blocks_[block];
    words.clear();
    split_block(block, [&](std::string_view word) { words.add(word, WordTable::hash(word), 1); });
    by_shard[block].resize(kShards);
    for (const WordTable::Slot& slot : words.slots())
      if (slot.bytes) by_shard[block][shard_of(slot.hash)].push_back(slot);
  });
  struct Added {
    uint64_t distinct = 0, occurrences = 0, bytes = 0;
  };
  std::vector<Added> added(kShards);
  parallel_for(kShards, [&](size_t shard) {
    for (size_t block = 0; block < blocks; ++block) {
      for (const WordTable::Slot& slot : by_shard[block][shard]) {
        added[shard].occurrences += slot.count;
        if (!shards_[shard].add_copy(slot.word(), slot.hash, slot.count)) continue;
        ++added[shard].distinct;
        added[shard].bytes += slot.size;
      }
    }
  });
  for (const Added& a : added) {
    held_.words += a.distinct;
    held_.bytes += a.bytes;
    occurrences_ += a.occurrences;
  }
  if (held_.table_bytes() > table_limit_) spill();
}

void WordCounts::spill() {
  parallel_for(kShards, [&](size_t shard) { shards_[shard].sort(); });
  runs_.add([&](WordRuns::Give give) {
    for (WordTable& shard : shards_) {
      for (const WordTable::Slot& slot : shard.slots())
        if (slot.bytes) give(slot.word(), slot.count);
      shard = WordTable();
    }
  });
  held_ = {};
}

void WordCounts::finish() {
  std::vector<WordTable>().swap(blocks_);
  distinct_ = kept_ = held_;
  // Learning may take some times what is expected; words on disk can be given out again then.
  if (runs_.empty() && held_.learning_bytes() <= learning_limit_ / 4) return;
  if (held_.words > 0) spill();
  return_pages();
  runs_.merge();
  distinct_ = {};
  runs_.read([&](std::string_view word, uint64_t count) {
    for (Size* size : {&distinct_, &by_rarity_[rarity(word, count)]}) {
      ++size->words;
      size->bytes += word.size();
    }
  });
  kept_ = distinct_;
  leave_out();
}

WordCounts::Rarity WordCounts::rarity(std::string_view word, uint64_t count) {
  return {count, shard_of(WordTable::hash(word))};
}

void WordCounts::leave_out() {
  while (kept_.learning_bytes() > learning_limit_) {
    const auto [rarest, size] = *by_rarity_.begin();
    by_rarity_.erase(by_rarity_.begin());
    left_out_up_to_ = rarest;
    kept_.words -= size.words;
    kept_.bytes -= size.bytes;
  }
}

bool WordCounts::leave_out_more() {
  if (by_rarity_.empty()) return false;
  learning_limit_ = kept_.learning_bytes() / 4 * 3;
  leave_out();
  return true;
}

void WordCounts::take(FunctionRef<void(std::string_view word, uint64_t count)> give) {
  for (WordTable& shard : shards_) {
    for (const WordTable::Slot& slot : shard.slots())
      if (slot.bytes) give(slot.word(), slot.count);
    shard = WordTable();
    return_pages();
  }
  runs_.read([&](std::string_view word, uint64_t count) {
    if (rarity(word, count) > left_out_up_to_) give(word, count);
  });
}

}  // namespace bantam
