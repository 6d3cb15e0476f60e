#include "memory/memory.h"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

namespace bantam {
namespace {

const MemorySlot kAttention{0, 1, "kv"}, kState{1, 1, "state"};

// The value of a key or value row, as a function of the token, its position and the column.
float value_of(int token, size_t position, size_t col) {
  return static_cast<float>(token * 8 + static_cast<int>(position % 4) * 2) + static_cast<float>(col);
}

// One kind of memory, driven token by token. What it remembers is read back as numbers, so that two histories
// can be compared. `window` 0: all keys stay.
struct Kind {
  std::string name;
  Dtype dtype = Dtype::f32;
  bool key_values = true, recurrent = false;
  size_t window = 0;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

struct Sequence {
  const Kind* kind;
  SequenceMemory memory;
  explicit Sequence(const Kind& k) : kind(&k), memory(k.dtype) {}

  // Appends tokens in one pass and gives what a query after them would see.
  std::vector<float> feed(const std::vector<int>& tokens) {
    constexpr size_t kCols = 3;
    std::vector<float> seen;
    if (kind->key_values) {
      std::vector<float> keys, values;
      for (size_t i = 0; i < tokens.size(); ++i)
        for (size_t col = 0; col < kCols; ++col) {
          keys.push_back(value_of(tokens[i], memory.length() + i, col));
          values.push_back(-keys.back());
        }
      const auto mat = [&](std::vector<float>& v) {
        return Mat(v.data(), tokens.size(), kCols, kCols, Dtype::f32);
      };
      const KeyValueView view = memory.append(kAttention, mat(keys), mat(values), kind->window);
      const size_t end = memory.length() + tokens.size();
      EXPECT_EQ(view.first + view.keys.rows, end);
      const size_t from = kind->window == 0 || end < kind->window ? 0 : end - kind->window;
      // Every query of the pass finds all of its window.
      const size_t first_seen = memory.length() + 1;
      EXPECT_LE(view.first, kind->window == 0 || first_seen < kind->window ? 0 : first_seen - kind->window);
      for (size_t p = from; p < end; ++p)
        for (size_t col = 0; col < kCols; ++col) {
          seen.push_back(at(view.keys, p - view.first, col));
          EXPECT_EQ(at(view.values, p - view.first, col), -seen.back());
        }
    }
    if (kind->recurrent) {
      float* state = memory.state(kState, 2);
      for (const int token : tokens) {
        state[0] = state[0] * 0.5f + static_cast<float>(token);
        state[1] += state[0];
      }
      seen.insert(seen.end(), state, state + 2);
    }
    memory.advance(tokens.size());
    return seen;
  }

  static float at(const ConstMat& m, size_t row, size_t col) {
    return m.dtype == Dtype::f32 ? m.row<float>(row)[col] : static_cast<float>(m.row<bf16>(row)[col]);
  }
};

std::vector<int> tokens_of(size_t count, int first = 1) {
  std::vector<int> tokens(count);
  for (size_t i = 0; i < count; ++i) tokens[i] = (first + static_cast<int>(i) * 5) % 7;
  return tokens;
}

class MemoryContract : public ::testing::TestWithParam<Kind> {
 protected:
  const Kind& kind() const { return GetParam(); }
};

TEST_P(MemoryContract, ChunksAndSingleTokensRememberTheSame) {
  const std::vector<int> tokens = tokens_of(900);
  Sequence one(kind());
  std::vector<std::vector<float>> after;  // what is seen after each token
  for (const int token : tokens) after.push_back(one.feed({token}));
  for (const size_t chunk : {2, 7, 64, 65, 300, 900}) {
    Sequence other(kind());
    for (size_t t = 0; t < tokens.size(); t += chunk) {
      const size_t end = std::min(t + chunk, tokens.size());
      ASSERT_EQ(other.feed({tokens.begin() + static_cast<ptrdiff_t>(t),
                            tokens.begin() + static_cast<ptrdiff_t>(end)}),
                after[end - 1])
          << chunk << " " << t;
    }
    EXPECT_EQ(other.memory.length(), 900u);
  }
}

TEST_P(MemoryContract, ForksGoOnApart) {
  for (const size_t shared : {0, 1, 63, 64, 200}) {
    Sequence first(kind());
    if (shared > 0) first.feed(tokens_of(shared));
    Sequence second = first, third = first;
    Sequence fresh_first(kind()), fresh_second(kind());
    if (shared > 0) fresh_first.feed(tokens_of(shared)), fresh_second.feed(tokens_of(shared));
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(first.feed({i}), fresh_first.feed({i})) << shared;
      ASSERT_EQ(second.feed({i + 3, i}), fresh_second.feed({i + 3, i})) << shared;
    }
    Sequence fresh_third(kind());
    if (shared > 0) fresh_third.feed(tokens_of(shared));
    EXPECT_EQ(third.feed({9}), fresh_third.feed({9}));
  }
}

TEST_P(MemoryContract, RestoringASnapshotForgetsWhatCameAfter) {
  Sequence sequence(kind()), straight(kind());
  sequence.feed(tokens_of(150)), straight.feed(tokens_of(150));
  for (int round = 0; round < 40; ++round) {
    SequenceMemory snapshot = sequence.memory.fork();
    sequence.feed({round, 6, 6, 6});  // a draft
    sequence.memory = round % 2 == 0 ? std::move(snapshot) : snapshot.fork();
    ASSERT_EQ(sequence.memory.length(), straight.memory.length());
    ASSERT_EQ(sequence.feed({round, 2}), straight.feed({round, 2}));
  }
}

TEST_P(MemoryContract, TruncatingForgetsOrRefuses) {
  Sequence sequence(kind()), straight(kind());
  sequence.feed(tokens_of(300)), straight.feed(tokens_of(300));
  EXPECT_THROW(sequence.memory.truncate(301), Error);
  sequence.memory.truncate(300);
  if (kind().recurrent) {
    EXPECT_FALSE(sequence.memory.can_truncate(299));
    EXPECT_THROW(sequence.memory.truncate(299), Error);
    EXPECT_EQ(sequence.feed({1}), straight.feed({1}));  // and nothing happened
    return;
  }
  for (int round = 0; round < 100; ++round) {
    const size_t back = 1 + static_cast<size_t>(round) * 7 % SequenceMemory::kTruncatable;
    sequence.feed(std::vector<int>(back, 6));
    ASSERT_TRUE(sequence.memory.can_truncate(sequence.memory.length() - back));
    sequence.memory.truncate(sequence.memory.length() - back);
    ASSERT_EQ(sequence.feed({round}), straight.feed({round})) << round;
  }
  sequence.feed(tokens_of(1000));
  EXPECT_EQ(sequence.memory.can_truncate(0), kind().window == 0);
  if (kind().window != 0) {
    EXPECT_THROW(sequence.memory.truncate(0), Error);
    return;
  }
  sequence.memory.truncate(0);
  EXPECT_EQ(sequence.feed({4, 5}), Sequence(kind()).feed({4, 5}));
}

TEST_P(MemoryContract, ForksSurviveTruncationOfTheirSource) {
  if (kind().recurrent) return;
  Sequence source(kind()), straight(kind());
  source.feed(tokens_of(100)), straight.feed(tokens_of(100));
  Sequence fork = source;
  source.memory.truncate(90);
  source.feed(std::vector<int>(30, 6));
  EXPECT_EQ(fork.feed({3}), straight.feed({3}));
}

// A pass that ends in an error appended to some slots and did not advance.
TEST_P(MemoryContract, AnUnfinishedPassIsForgotten) {
  if (kind().recurrent) return;  // such states are restored from a snapshot
  Sequence sequence(kind()), straight(kind());
  sequence.feed(tokens_of(70)), straight.feed(tokens_of(70));
  const std::vector<float> rows(5 * 3, 99.0f);
  const ConstMat mat(rows.data(), 5, 3, 3, Dtype::f32);
  sequence.memory.append(kAttention, mat, mat, kind().window);
  EXPECT_EQ(sequence.feed({1, 2}), straight.feed({1, 2}));
}

TEST_P(MemoryContract, ReservedMemoryIsTakenOnce) {
  Sequence sequence(kind());
  sequence.memory.reserve(2000);
  sequence.feed({1});
  const uint64_t bytes = sequence.memory.bytes();
  for (int i = 0; i < 1999; ++i) sequence.feed({i});
  if (kind().window == 0) {
    EXPECT_EQ(sequence.memory.bytes(), bytes);
  }
  EXPECT_GT(bytes, 0u);
}

TEST_P(MemoryContract, SteadyStateAsksTheSystemForNothing) {
  const auto run = [&] {
    Sequence sequence(kind());
    for (int i = 0; i < 500; ++i) sequence.feed({i});
    SequenceMemory snapshot = sequence.memory.fork();
    sequence.feed({1, 2});
    sequence.memory = std::move(snapshot);
    sequence.feed({1});
  };
  run();
  const ArenaUse before = arena_use(Device::cpu);
  run();
  EXPECT_EQ(arena_use(Device::cpu).system_calls, before.system_calls);
  EXPECT_EQ(arena_use(Device::cpu).live_bytes, before.live_bytes);
}

INSTANTIATE_TEST_SUITE_P(Kinds, MemoryContract,
                         ::testing::Values(Kind{"keys_f32"}, Kind{"keys_bf16", Dtype::bf16},
                                           Kind{"window_1", Dtype::f32, true, false, 1},
                                           Kind{"window_50", Dtype::bf16, true, false, 50},
                                           Kind{"window_300", Dtype::f32, true, false, 300},
                                           Kind{"recurrent", Dtype::f32, false, true},
                                           Kind{"hybrid", Dtype::bf16, true, true, 20}),
                         [](const auto& tested) { return tested.param.name; });

TEST(SequenceMemory, SlotsAreKeptApart) {
  SequenceMemory memory(Dtype::f32);
  memory.state({0, 0, "a"}, 2)[0] = 1;
  memory.state({0, 0, "b"}, 2)[0] = 2;
  memory.state({0, 1, "a"}, 2)[0] = 3;
  memory.state({1, 0, "a"}, 2)[0] = 4;
  EXPECT_EQ(memory.state({0, 0, "a"}, 2)[0], 1);
  EXPECT_EQ(memory.state({0, 0, "b"}, 2)[0], 2);
  EXPECT_EQ(memory.state({0, 1, "a"}, 2)[0], 3);
  EXPECT_EQ(memory.state({1, 0, "a"}, 2)[0], 4);
  EXPECT_EQ(memory.state({2, 0, "a"}, 2)[1], 0);  // a new one is zero
}

TEST(SequenceMemory, AWindowKeepsItsMemorySmall) {
  const Kind window{"", Dtype::f32, true, false, 100}, whole{"", Dtype::f32};
  Sequence small(window), large(whole);
  for (int i = 0; i < 5000; ++i) small.feed({i}), large.feed({i});
  EXPECT_LE(small.memory.bytes(), 2 * (100 + SequenceMemory::kTruncatable) * 2 * 3 * sizeof(float));
  EXPECT_GE(large.memory.bytes(), 5000 * 2 * 3 * sizeof(float));
  EXPECT_LE(large.memory.bytes(), 2 * 5000 * 2 * 3 * sizeof(float));
}

// The point of sharing: a fork of a long sequence takes no memory until it writes, and a draft is not a copy.
TEST(SequenceMemory, ForksShareMemory) {
  const Kind kind{"", Dtype::f32};
  Sequence sequence(kind);
  sequence.memory.reserve(4000);
  sequence.feed(tokens_of(3000));
  const uint64_t live = arena_use(Device::cpu).live_bytes;
  SequenceMemory snapshot = sequence.memory.fork();
  sequence.feed({1, 2, 3});
  EXPECT_EQ(arena_use(Device::cpu).live_bytes, live);
  sequence.memory = std::move(snapshot);
  sequence.feed({4});
  EXPECT_EQ(arena_use(Device::cpu).live_bytes, live);
}

}  // namespace
}  // namespace bantam
