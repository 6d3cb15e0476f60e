#include "data/pack_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/batches.h"
#include "data/toy.h"

namespace bantam {
namespace {

using testing::ElementsAre;

class PackView : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("a.jsonl",
                  "{\"text\":\"abcdefghij\",\"category\":\"story\",\"meta\":{\"id\":1}}\n{\"text\":\"k\"}\n");
    folder_.write("chat.jsonl",
                  "{\"prompt\":\"p\",\"completion\":\"cc\",\"decision\":1}\n{\"text\":\"zz\",\"category\":"
                  "\"other\"}\n");
    auto options = toy::options(folder_ / "pack", {parse_source((folder_ / "a.jsonl").string() + ":3"),
                                                   parse_source((folder_ / "chat.jsonl").string() + ":1")});
    write_pack(options);
  }
  Pack pack() { return Pack(folder_ / "pack"); }
  TemporaryFolder folder_;
};

// Learnt text in angle brackets.
std::string shown(const SeenSegment& segment) {
  std::string text;
  for (const SeenRun& run : segment.runs) text += run.learnt ? "<" + run.text + ">" : run.text;
  return text;
}

TEST_F(PackView, ARowIsSeenAsItIsLearnt) {
  const Pack p = pack();
  const RowPlan plan = plan_of(p, "train", 8);
  std::vector<std::string> texts;
  std::vector<uint64_t> padding;
  uint64_t learnt = 0;
  for (uint64_t row = 0; row < plan.rows(); ++row) {
    const SeenRow seen = seen_row(p, plan, toy::tokenizer(), row);
    padding.push_back(seen.padding);
    for (const SeenSegment& segment : seen.segments)
      texts.push_back(shown(segment)), learnt += segment.learnt;
  }
  EXPECT_THAT(texts, ElementsAre("<|begin|><abcdefgh>", "h<ij<|end|>>", "<|begin|><k<|end|>>",
                                 "<|begin|>p<cc<|end|>>", "<|begin|><zz<|end|>>"));
  EXPECT_THAT(padding, ElementsAre(0, 3, 1));
  const OrderedRows rows({&p}, "train", 8);
  EXPECT_EQ(rows.load(0, rows.rows()).target_count(), learnt) << "what a batch learns from";
}

TEST_F(PackView, ASegmentKnowsWhereItIsFrom) {
  const Pack p = pack();
  const RowPlan plan = plan_of(p, "train", 8);
  const SeenSegment rest = seen_row(p, plan, toy::tokenizer(), 1).segments[0];
  EXPECT_EQ(rest.source, "a.jsonl");
  EXPECT_EQ(rest.first_token, 8u);
  EXPECT_EQ(rest.category, "story");
  EXPECT_EQ(rest.meta, "{\"id\":1}");
  const SeenRow last = seen_row(p, plan, toy::tokenizer(), 2);
  EXPECT_EQ(last.segments[0].decision, 1);
  EXPECT_EQ(last.segments[0].decision_position, 3);
  EXPECT_EQ(last.segments[0].category, "");
  EXPECT_EQ(last.segments[1].category, "other");
  EXPECT_EQ(last.segments[1].meta, "");
}

TEST_F(PackView, SharesAndLengthsAreCounted) {
  const Pack p = pack();
  const auto shares = source_shares(p, "train");
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[0].documents, 2u);
  EXPECT_EQ(shares[0].tokens, 15u);
  EXPECT_DOUBLE_EQ(shares[0].share, 0.75);
  EXPECT_TRUE(source_shares(p, "valid").empty());
  std::vector<std::string> buckets;
  for (const LengthBucket& b : length_histogram(p, "train"))
    buckets.push_back(fmt::format("{}-{}: {} of {}", b.from, b.to, b.documents, b.tokens));
  EXPECT_THAT(buckets, ElementsAre("2-3: 1 of 3", "4-7: 2 of 9", "8-15: 1 of 12"));
}

TEST_F(PackView, SegmentsOfABatchNameTheirSource) {
  const Pack p = pack();
  EXPECT_THAT(source_names({&p, &p}), ElementsAre("a.jsonl", "chat.jsonl", "a.jsonl", "chat.jsonl"));
  const Batches batches({&p},
                        {.seed = 1, .tokens_per_step = 64, .lengths = {{8, ~uint64_t{0}}}, .split = "train"});
  const Batch batch = batches.load(0);
  std::map<uint32_t, std::string> texts;
  ASSERT_EQ(batch.sources.size(), batch.segments.size());
  for (size_t i = 0; i < batch.segments.size(); ++i)
    texts[batch.sources[i]] +=
        toy::spell(std::span(batch.tokens).subspan(batch.segments[i].start, batch.segments[i].length));
  EXPECT_EQ(texts[0].find_first_of("pz"), std::string::npos);
  EXPECT_EQ(texts[1].find_first_of("abdefghijk"), std::string::npos);
  EXPECT_EQ(texts[Batch::kPadding].find_first_not_of('_'), std::string::npos);
  EXPECT_FALSE(texts[0].empty());
  EXPECT_FALSE(texts[1].empty());
  const Batch slice = batch.slice(1, 7);
  EXPECT_EQ(slice.sources.size(), slice.segments.size());
  EXPECT_TRUE(std::equal(slice.sources.rbegin(), slice.sources.rend(), batch.sources.rbegin()));
}

}  // namespace
}  // namespace bantam
