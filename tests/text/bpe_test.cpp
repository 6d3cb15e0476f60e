#include "text/bpe.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>

namespace bantam {
namespace {

// One merge at a time: the lowest rank, leftmost.
std::vector<int32_t> plain(const MergeTable& merges, std::vector<int32_t> ids) {
  while (true) {
    uint32_t best = MergeTable::kNoRank;
    size_t at = 0;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      if (const uint32_t rank = merges.rank(ids[i], ids[i + 1]); rank < best) {
        best = rank;
        at = i;
      }
    }
    if (best == MergeTable::kNoRank) return ids;
    ids[at] = merges.merge(best).result;
    ids.erase(ids.begin() + at + 1);
  }
}

TEST(EncodeWord, EqualsMergingOneByOneAtEveryLength) {
  std::mt19937 random(5);
  int32_t byte_ids[256];
  std::iota(byte_ids, byte_ids + 256, 0);
  for (int round = 0; round < 40; ++round) {
    std::vector<MergeTable::Merge> list;
    const int32_t letters = 2 + static_cast<int32_t>(random() % 4), tokens = 60;
    for (int32_t id = 0; id < tokens; ++id) {
      const int32_t known = letters + id;
      const auto any = [&] {
        const auto pick = static_cast<int32_t>(random() % known);
        return pick < letters ? pick : 256 + pick - letters;
      };
      list.push_back({any(), any(), 256 + id});
    }
    const MergeTable merges(list);
    BpeScratch scratch;
    for (const size_t size : {1, 2, 3, 7, 47, 48, 49, 50, 200, 500}) {
      std::string word;
      std::vector<int32_t> ids;
      for (size_t i = 0; i < size; ++i) {
        word += static_cast<char>(random() % letters);
        ids.push_back(word.back());
      }
      std::vector<int32_t> out(size);
      out.resize(encode_word(merges, byte_ids, word, scratch, out.data()));
      EXPECT_EQ(out, plain(merges, ids));
    }
  }
}

TEST(MergeTable, KnowsItsPairsAndNoOthers) {
  std::vector<MergeTable::Merge> list;
  const int32_t top = (1 << 20) - 1;
  for (int32_t i = 0; i < 5000; ++i) list.push_back({i, top - i, i});
  list.push_back({top, top, 7});
  list.push_back({0, top, 9});  // again: the last rank holds
  const MergeTable merges(list);
  EXPECT_EQ(merges.rank(0, top), 5001u);
  EXPECT_EQ(merges.rank(top, top), 5000u);
  for (int32_t i = 1; i < 5000; ++i) ASSERT_EQ(merges.rank(i, top - i), static_cast<uint32_t>(i));
  EXPECT_EQ(merges.rank(1, top), MergeTable::kNoRank);
  EXPECT_EQ(MergeTable().rank(0, 0), MergeTable::kNoRank);
}

}  // namespace
}  // namespace bantam
