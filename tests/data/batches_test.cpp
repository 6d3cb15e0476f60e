#include "data/batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"
#include "base/threads.h"
#include "data/toy.h"

namespace bantam {
namespace {

using testing::HasSubstr;

constexpr uint64_t kForever = ~uint64_t{0};

class BatchesTest : public testing::Test {
 protected:
  void SetUp() override {
    Random random(3, "documents");
    std::string stories, chats, books;
    for (int i = 0; i < 400; ++i)
      stories += fmt::format("{{\"text\":\"{:06}{}\"}}\n", i, std::string(random.below(40), 's'));
    for (int i = 0; i < 150; ++i)
      chats += fmt::format("{{\"prompt\":\"{:06}\",\"completion\":\"{}\"}}\n", i,
                           std::string(1 + random.below(20), 'c'));
    for (int i = 0; i < 9; ++i)
      books += fmt::format("{{\"text\":\"{:06}{}\"}}\n", i, std::string(1000 + random.below(900), 'b'));
    folder_.write("stories.jsonl", stories);
    folder_.write("chats.jsonl", chats);
    folder_.write("books.jsonl", books);
    folder_.write("valid.jsonl", "{\"text\":\"held out\"}\n{\"text\":\"and this\"}\n");
  }
  Pack pack(const std::vector<std::string>& sources) {
    std::vector<SourceSpec> specs;
    for (const std::string& source : sources) specs.push_back(parse_source((folder_ / source).string()));
    auto options = toy::options(folder_ / "pack", specs);
    options.shard_tokens = 9000;
    write_pack(options);
    return Pack(folder_ / "pack");
  }
  static Batches::Options options(uint64_t length, uint64_t tokens = 512) {
    return {.seed = 17, .tokens_per_step = tokens, .lengths = {{length, kForever}}, .split = "train"};
  }
  TemporaryFolder folder_;
};

void expect_equal(const Batch& a, const Batch& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.length, b.length);
  EXPECT_EQ(a.tokens, b.tokens);
  EXPECT_EQ(a.targets, b.targets);
  EXPECT_EQ(a.positions, b.positions);
  ASSERT_EQ(a.segments.size(), b.segments.size());
  for (size_t i = 0; i < a.segments.size(); ++i) {
    EXPECT_EQ(a.segments[i].start, b.segments[i].start);
    EXPECT_EQ(a.segments[i].length, b.segments[i].length);
  }
}

TEST_F(BatchesTest, ABatchIsWhatItSays) {
  const Pack p = pack({"stories.jsonl", "chats.jsonl", "books.jsonl"});
  const Batches batches({&p}, options(64));
  for (uint64_t step = 0; step < 60; ++step) {
    const Batch batch = batches.load(step);
    ASSERT_EQ(batch.tokens.size(), 512u);
    size_t at = 0;
    for (const BatchSegment& segment : batch.segments) {
      ASSERT_EQ(segment.start, at);
      EXPECT_LE(segment.start % 64 + segment.length, 64u) << "a segment ends with its row";
      for (size_t i = 0; i < segment.length; ++i) {
        const size_t p0 = segment.start + i;
        EXPECT_EQ(batch.positions[p0], static_cast<int32_t>(i));
        const bool padding = batch.tokens[segment.start] < 0;
        EXPECT_EQ(batch.tokens[p0] < 0, padding);
        if (padding) {
          EXPECT_EQ(batch.targets[p0], -1);
        } else if (i + 1 < segment.length && batch.targets[p0] >= 0) {
          EXPECT_EQ(batch.targets[p0], batch.tokens[p0 + 1]);
        }
      }
      at += segment.length;
    }
    EXPECT_EQ(at, 512u);
    const auto targets =
        std::count_if(batch.targets.begin(), batch.targets.end(), [](int32_t t) { return t >= 0; });
    EXPECT_EQ(batch.target_count(), static_cast<uint64_t>(targets));
    EXPECT_LT(batch.target_count(4), batch.target_count(1));
  }
}

TEST_F(BatchesTest, SegmentsKnowTheirSource) {
  for (const bool weighted : {false, true}) {
    const std::string weight = weighted ? ":1" : "";
    const Pack p = pack({"stories.jsonl" + weight, "books.jsonl" + weight});
    const Batches batches({&p}, options(64));
    ASSERT_EQ(batches.source_names().size(), 2u);
    std::set<uint32_t> seen;
    for (uint64_t step = 0; step < 20; ++step) {
      const Batch batch = batches.load(step);
      ASSERT_EQ(batch.sources.size(), batch.segments.size());
      for (size_t s = 0; s < batch.segments.size(); ++s) {
        const auto [start, length] = batch.segments[s];
        if (batch.tokens[start] < 0) continue;
        const std::string text = toy::spell(std::span(batch.tokens).subspan(start, length));
        const bool story = text.find('s') != std::string::npos, book = text.find('b') != std::string::npos;
        const std::string& name = batches.source_names().at(batch.sources[s]);
        if (story || book) {
          EXPECT_THAT(name, HasSubstr(story ? "stories" : "books")) << text;
        }
        seen.insert(batch.sources[s]);
      }
      const Batch half = batch.slice(4, 4);
      const size_t first = batch.segments.size() - half.segments.size();
      EXPECT_EQ(half.sources, std::vector<uint32_t>(batch.sources.begin() + static_cast<ptrdiff_t>(first),
                                                    batch.sources.end()));
    }
    EXPECT_EQ(seen.size(), 2u);
  }
}

TEST_F(BatchesTest, OnlyCompletionsAreTargets) {
  const Pack p = pack({"chats.jsonl"});
  const Batch batch = Batches({&p}, options(128)).load(0);
  for (const int32_t target : batch.targets)
    EXPECT_TRUE(target == -1 || target == 'c' || target == toy::kEnd);
  EXPECT_GT(batch.target_count(), 50u);
}

// Each position, named by its document's number and its place there, and how often it came.
std::map<std::pair<std::string, size_t>, int> positions_of(const Batches& batches, uint64_t rows,
                                                           uint64_t length) {
  std::map<std::pair<std::string, size_t>, int> seen;
  uint64_t step = 0;
  for (uint64_t row = 0; row < rows; ++step) {
    const Batch batch = batches.load(step);
    for (size_t r = 0; r < batch.rows && row < rows; ++r, ++row)
      for (const BatchSegment& s : batch.segments) {
        if (s.start / length != r || batch.tokens[s.start] < 0) continue;
        const std::string text = toy::spell(std::span(batch.tokens).subspan(s.start, s.length));
        for (size_t i = 0; i < s.length; ++i) ++seen[{text.substr(0, 8), i}];
      }
  }
  return seen;
}

TEST_F(BatchesTest, AnEpochHoldsEveryPositionOnce) {
  const Pack p = pack({"stories.jsonl", "chats.jsonl"});
  const Batches batches({&p}, options(64));
  const uint64_t rows = batches.use(0)[0].rows;
  const auto once = positions_of(batches, rows, 64);
  uint64_t wanted = 0;
  for (const Shard& shard : p.shards()) wanted += shard.info().tokens - shard.documents();
  EXPECT_EQ(once.size(), wanted);
  for (const auto& [position, count] : once) EXPECT_EQ(count, 1) << position.first;
  const auto thrice = positions_of(batches, 3 * rows, 64);
  for (const auto& [position, count] : thrice) EXPECT_EQ(count, 3);
}

std::vector<std::string> row_texts(const Batches& batches, uint64_t first, uint64_t count) {
  std::vector<std::string> texts;
  for (uint64_t step = first; step < first + count; ++step) {
    const Batch batch = batches.load(step);
    for (size_t r = 0; r < batch.rows; ++r)
      texts.push_back(toy::spell(std::span(batch.tokens).subspan(r * batch.length, batch.length)));
  }
  return texts;
}

TEST_F(BatchesTest, EpochsComeInDifferentOrders) {
  const Pack p = pack({"stories.jsonl"});
  auto with = options(64, 64);
  const Batches batches({&p}, with);
  const uint64_t rows = batches.use(0)[0].rows;
  const auto first = row_texts(batches, 0, rows), second = row_texts(batches, rows, rows);
  EXPECT_NE(first, second);
  EXPECT_TRUE(std::is_permutation(first.begin(), first.end(), second.begin()));
  with.seed = 18;
  EXPECT_NE(row_texts(Batches({&p}, with), 0, rows), first);
  EXPECT_DOUBLE_EQ(batches.use(rows)[0].epochs, 1.0);
}

TEST_F(BatchesTest, AStepNeedsNothingButItsNumber) {
  const Pack p = pack({"stories.jsonl:1", "chats.jsonl:2", "books.jsonl:0.5"});
  set_thread_count(2);
  const Batches batches({&p}, options(64));
  std::vector<Batch> in_order;
  for (uint64_t step = 0; step < 20; ++step) in_order.push_back(batches.load(step));
  set_thread_count(1);
  const Pack again(folder_ / "pack");
  const Batches resumed({&again}, options(64));
  for (const uint64_t step : {19, 3, 11, 0, 19}) expect_equal(resumed.load(step), in_order[step]);
}

TEST_F(BatchesTest, MicroBatchesAreSlices) {
  const Pack p = pack({"stories.jsonl", "chats.jsonl"});
  const Batch batch = Batches({&p}, options(64)).load(5);
  uint64_t targets = 0;
  std::vector<int32_t> tokens;
  for (size_t row = 0; row < batch.rows; row += 2) {
    const Batch part = batch.slice(row, 2);
    EXPECT_EQ(part.segments[0].start, 0u);
    EXPECT_EQ(part.segments.back().start + part.segments.back().length, 128u);
    targets += part.target_count();
    tokens.insert(tokens.end(), part.tokens.begin(), part.tokens.end());
  }
  EXPECT_EQ(targets, batch.target_count());
  EXPECT_EQ(tokens, batch.tokens);
  expect_equal(batch.slice(0, batch.rows), batch);
}

TEST_F(BatchesTest, WeightsAreSharesOfTheRows) {
  const Pack p = pack({"stories.jsonl:6", "books.jsonl:3", "chats.jsonl:1"});
  const Batches batches({&p}, options(64));
  std::map<char, int> rows;
  for (const std::string& text : row_texts(batches, 0, 250))
    ++rows[text.find('s') != std::string::npos ? 's' : text.find('c') != std::string::npos ? 'c' : 'b'];
  EXPECT_NEAR(rows['s'], 1200, 30);  // a row of stories may hold no 's'
  EXPECT_NEAR(rows['b'], 600, 30);
  EXPECT_NEAR(rows['c'], 200, 3);
  const auto use = batches.use(250);
  ASSERT_EQ(use.size(), 3u);
  EXPECT_NEAR(use[2].epochs * static_cast<double>(use[2].rows), 200, 2);
  EXPECT_EQ(use[1].name, "books.jsonl");
}

TEST_F(BatchesTest, SourcesWithoutWeightsAreOneSource) {
  const Pack p = pack({"stories.jsonl", "books.jsonl"});
  const Batches batches({&p}, options(64));
  EXPECT_EQ(batches.use(0).size(), 1u);
}

TEST_F(BatchesTest, LengthsChangeWithTheStep) {
  const Pack p = pack({"stories.jsonl", "books.jsonl"});
  auto with = options(64);
  with.lengths = {{32, 10}, {64, 25}, {128, kForever}};
  const Batches batches({&p}, with);
  for (const auto& [step, length] :
       std::map<uint64_t, uint64_t>{{0, 32}, {9, 32}, {10, 64}, {24, 64}, {25, 128}, {9999, 128}}) {
    EXPECT_EQ(batches.length(step), length);
    EXPECT_EQ(batches.load(step).rows, 512 / length);
    EXPECT_EQ(batches.load(step).length, length);
  }
  // A phase does not depend on how long the one before it took but for where it begins.
  with.lengths = {{32, 40}, {64, 55}, {128, kForever}};
  expect_equal(Batches({&p}, with).load(41), batches.load(11));
  EXPECT_LT(batches.padding(0), 0.05);
}

TEST_F(BatchesTest, RefusesWhatDoesNotFit) {
  const Pack p = pack({"stories.jsonl", "chats.jsonl"});
  const auto error_of = [&](const Batches::Options& with) -> std::string {
    try {
      Batches({&p}, with);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error_of(options(100)), HasSubstr("does not hold whole rows of 100"));
  EXPECT_THAT(error_of(options(16)), HasSubstr("is a chat row"));
  auto with = options(64);
  with.split = "valid";
  EXPECT_THAT(error_of(with), HasSubstr("holds nothing for the split \"valid\""));
}

TEST_F(BatchesTest, ValidationRowsComeInOrderAndOnce) {
  const Pack p = pack({"stories.jsonl", "valid.jsonl:valid"});
  const OrderedRows rows({&p}, "valid", 8);
  std::string text;
  for (uint64_t row = 0; row < rows.rows(); row += 2) {
    const Batch batch = rows.load(row, 2);
    EXPECT_LE(batch.rows, 2u);
    for (const int32_t target : batch.targets)
      if (target >= 0) text += toy::spell(std::span(&target, 1));
  }
  std::sort(text.begin(), text.end());
  std::string wanted = "held out]and this]";
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(text, wanted);
  EXPECT_EQ(p.text_bytes("valid"), 16u);
}

// One long text and many short ones, of two sources: a part of the drawn rows holds some of each, all of them are the split.
TEST_F(BatchesTest, TheFirstDrawnRowsStandForAll) {
  folder_.write("long.jsonl", fmt::format("{{\"text\":\"{}\"}}\n", std::string(400, 'l')));
  std::string rows_text;
  for (int i = 0; i < 100; ++i) rows_text += "{\"text\":\"sss\"}\n";
  folder_.write("short.jsonl", rows_text);
  const Pack p = pack({"long.jsonl", "short.jsonl"});
  const OrderedRows rows({&p}, "train", 8);
  ASSERT_GE(rows.rows(), 90u);
  const auto texts = [](const Batch& batch) {
    std::vector<std::vector<int32_t>> sorted;
    for (size_t row = 0; row < batch.rows; ++row) sorted.push_back(batch.slice(row, 1).tokens);
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  };
  EXPECT_EQ(texts(rows.draw(0, rows.rows())), texts(rows.load(0, rows.rows())));
  EXPECT_EQ(rows.draw(3, 2).tokens, rows.draw(0, 5).slice(3, 2).tokens);
  const Batch part = rows.draw(0, 20);
  const auto of_long = std::count(part.tokens.begin(), part.tokens.end(), 'l');
  EXPECT_GT(of_long, 40);
  EXPECT_LT(of_long, 120);
  EXPECT_GT(std::count(part.tokens.begin(), part.tokens.end(), 's'), 20);
}

// Labelled texts, unlabelled ones and conversations share rows; a text longer than a row keeps its label on its last piece.
TEST_F(BatchesTest, LabelsStandWhereTheirDocumentsAreRead) {
  std::string rows;
  for (int i = 0; i < 60; ++i)
    rows += fmt::format("{{\"text\":\"{}\"{}}}\n",
                        std::string(3 + static_cast<size_t>(i), static_cast<char>('a' + i % 3)),
                        i % 4 == 3 ? "" : fmt::format(",\"decision\":{}", i % 3));
  folder_.write("labelled.jsonl", rows);
  const Pack p = pack({"labelled.jsonl", "chats.jsonl"});
  const Batches batches({&p}, options(32, 256));
  size_t labels = 0;
  for (uint64_t step = 0; step < 10; ++step) {
    const Batch batch = batches.load(step);
    size_t cut = 0;
    for (size_t row = 0; row < batch.rows; ++row)
      for (const BatchLabel& label : batch.slice(row, 1).labels) {
        EXPECT_EQ(batch.labels[cut].position, row * 32 + label.position);
        EXPECT_EQ(batch.labels[cut++].label, label.label);
      }
    EXPECT_EQ(cut, batch.labels.size());
    for (const BatchLabel& label : batch.labels) {
      EXPECT_EQ(batch.tokens[label.position], 'a' + label.label);
      EXPECT_EQ(batch.targets[label.position], toy::kEnd);
    }
    labels += batch.labels.size();
  }
  EXPECT_GT(labels, 20u);
  const OrderedRows all({&p}, "train", 32);
  EXPECT_EQ(all.load(0, all.rows()).labels.size(), 45u) << "every label once";
}

}  // namespace
}  // namespace bantam
