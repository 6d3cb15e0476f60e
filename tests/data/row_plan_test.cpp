#include "data/row_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>

#include "base/random.h"
#include "base/threads.h"
#include "data/toy.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Plans : public testing::Test {
 protected:
  // One document a line; begin and end tokens make a document of n bytes n + 1 positions.
  const Pack& pack(const std::string& jsonl) {
    folder_.write("a.jsonl", jsonl);
    auto options = toy::options(folder_ / "pack", {{folder_ / "a.jsonl"}});
    options.shard_tokens = 30000;
    write_pack(options);
    return packs_.emplace_back(folder_ / "pack");
  }
  static std::vector<const Shard*> shards(const Pack& pack) {
    std::vector<const Shard*> shards;
    for (const Shard& shard : pack.shards()) shards.push_back(&shard);
    return shards;
  }
  static std::string text(const std::string& content) { return "{\"text\":\"" + content + "\"}\n"; }
  static std::vector<std::string> rows(const RowPlan& plan) {
    std::vector<std::string> rows;
    for (uint64_t r = 0; r < plan.rows(); ++r) {
      std::string row;
      for (const Piece& piece : plan.row(r)) {
        std::vector<int32_t> tokens(piece.length + 1);
        plan.shard(piece.shard).tokens(piece.begin, tokens);
        row += (row.empty() ? "" : " ") + toy::spell(tokens);
      }
      rows.push_back(row);
    }
    return rows;
  }
  std::list<Pack> packs_;
  TemporaryFolder folder_;
};

TEST_F(Plans, CutOnlyWhatIsTooLongAndFillRowsWithTheRests) {
  const Pack& p = pack(text("abcdefghijklm") + text("1234") + text("xy") + text("!"));
  // 14, 5, 3 and 2 positions; each piece is shown with the target of its last position.
  const RowPlan plan(shards(p), 6);
  EXPECT_THAT(rows(plan), ElementsAre("[abcdef", "fghijkl", "[1234]", "[xy] lm]", "[!]"));
  EXPECT_EQ(plan.positions(), 24u);
  EXPECT_EQ(plan.rows(), 5u);
  EXPECT_THAT(rows(RowPlan(shards(p), 24)), ElementsAre("[abcdefghijklm] [1234] [xy] [!]"));
  EXPECT_EQ(RowPlan(shards(p), 1).rows(), 24u);
}

TEST_F(Plans, ChatRowsAreNeverCut) {
  const Pack& p =
      pack(text("a long text of thirty letters") + "{\"prompt\":\"12345\",\"completion\":\"678\"}\n");
  EXPECT_EQ(RowPlan(shards(p), 9).rows(), 5u);  // [12345678] has 9 positions
  try {
    RowPlan(shards(p), 8);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("document 1 is a chat row of 9 positions, the training length is 8"));
  }
}

TEST_F(Plans, EveryPositionIsInExactlyOneRow) {
  Random random(11, "documents");
  std::string jsonl;
  for (int i = 0; i < 700; ++i)
    jsonl += text(std::string(1 + (random.below(20) == 0 ? random.below(2000) : random.below(90)), 'a'));
  const Pack& p = pack(jsonl);
  EXPECT_GT(p.shards().size(), 1u);
  for (const uint32_t length : {1, 7, 64, 100, 512, 3000}) {
    const RowPlan plan(shards(p), length);
    std::vector<std::vector<int>> used;
    for (const Shard& shard : p.shards()) used.emplace_back(shard.info().tokens, 0);
    uint64_t positions = 0, uncut = 0;
    for (uint64_t r = 0; r < plan.rows(); ++r) {
      uint64_t filled = 0;
      for (const Piece& piece : plan.row(r)) {
        EXPECT_GT(piece.length, 0u);
        filled += piece.length;
        uncut += piece.length < length;
        for (uint64_t t = piece.begin; t < piece.begin + piece.length; ++t) ++used[piece.shard][t];
      }
      EXPECT_GT(filled, 0u);
      EXPECT_LE(filled, length);
      positions += filled;
    }
    EXPECT_EQ(positions, plan.positions());
    for (size_t s = 0; s < used.size(); ++s)
      for (uint64_t d = 0; d < p.shards()[s].documents(); ++d) {
        const uint64_t begin = p.shards()[s].offsets()[d], end = p.shards()[s].offsets()[d + 1];
        for (uint64_t t = begin; t < end; ++t) ASSERT_EQ(used[s][t], t + 1 < end ? 1 : 0);
      }
    if (length == 100) {
      EXPECT_LT(static_cast<double>(plan.rows() * length) / static_cast<double>(positions), 1.05);
    }
  }
}

TEST_F(Plans, DoNotDependOnTheThreads) {
  Random random(12, "documents");
  std::string jsonl;
  for (int i = 0; i < 700; ++i)
    jsonl += text(std::string(1 + random.below(90), static_cast<char>('a' + i % 26)));
  const Pack& p = pack(jsonl);
  set_thread_count(1);
  const auto alone = rows(RowPlan(shards(p), 64));
  set_thread_count(3);
  EXPECT_TRUE(rows(RowPlan(shards(p), 64)) == alone);
}

}  // namespace
}  // namespace bantam
