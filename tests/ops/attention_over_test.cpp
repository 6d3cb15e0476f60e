#include <cmath>

#include "ops/attention.h"
#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::random_values;
using testing::to_doubles;
using testing::to_tensor;
using testing::Values;

AttentionShape shape_of(size_t heads, size_t kv_heads, size_t width, size_t window = 0) {
  return {heads, kv_heads, width, 1.0f / std::sqrt(static_cast<float>(width)), window};
}

// One sequence: queries, keys and values of every position.
struct Sequence {
  Tensor q, k, v;
  Sequence(const AttentionShape& s, size_t length, Dtype q_dtype, Dtype kv_dtype, uint64_t seed = 1)
      : q(to_tensor(random_values(length, s.heads * s.head_width, seed), Device::cpu, q_dtype)),
        k(to_tensor(random_values(length, s.kv_heads * s.head_width, seed + 100), Device::cpu, kv_dtype)),
        v(to_tensor(random_values(length, s.kv_heads * s.head_width, seed + 200), Device::cpu, kv_dtype)) {}
  // What is remembered when `length` tokens were seen, without the first `first`.
  KeyValueView past(size_t length, size_t first = 0) const {
    return {k.mat().slice_rows(first, length - first), v.mat().slice_rows(first, length - first), first};
  }
};

Tensor rows_of(const Tensor& x, size_t begin, size_t count) {
  Output out(count, x.cols(), x.dtype(), Device::cpu);
  copy(Device::cpu, x.mat().slice_rows(begin, count), out.mat());
  return constant("a test's rows", std::move(out));
}

// The outputs of positions [begin, begin + count).
std::vector<double> attend(const Sequence& s, const AttentionShape& shape, size_t begin, size_t count,
                           size_t first = 0) {
  const KeyValueView past = s.past(begin + count, first);
  return to_doubles(attention_over(rows_of(s.q, begin, count), {&past, 1}, shape, {{0, count}}).mat());
}

std::vector<double> in_chunks(const Sequence& s, const AttentionShape& shape, size_t length, size_t chunk) {
  std::vector<double> all;
  for (size_t begin = 0; begin < length; begin += chunk) {
    const auto part = attend(s, shape, begin, std::min(chunk, length - begin));
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// The training path computes the same function; on it hangs the comparison with the reference device.
TEST(AttentionOver, AgreesWithTheTrainingPathAndTheReference) {
  for (const size_t width : {1, 7, 16, 31, 64, 128, 184})
    for (const size_t window : {0, 1, 70}) {
      const AttentionShape shape = shape_of(6, 2, width, window);
      const size_t length = 300;
      const Sequence s(shape, length, Dtype::f32, Dtype::f32);
      const auto want = to_doubles(attention(s.q, s.k, s.v, shape, {{0, length}}).mat());
      EXPECT_LE(testing::relative_difference(attend(s, shape, 0, length), want), 2e-6)
          << width << " " << window;
    }
  const AttentionShape shape = shape_of(4, 2, 16, 20);
  const Values q = random_values(3, 64, 1), kv = random_values(40, 32, 2);
  const auto on = [&](Device device, Dtype dtype) {
    const Tensor keys = to_tensor(kv, device, dtype);
    const KeyValueView past{keys.mat(), keys.mat(), 0};
    return to_doubles(attention_over(to_tensor(q, device, dtype), {&past, 1}, shape, {{0, 3}}).mat());
  };
  EXPECT_LE(testing::relative_difference(on(Device::cpu, Dtype::f32), on(Device::reference, Dtype::f64)),
            2e-6);
}

// A query's bits are the same however the sequence is cut into calls.
TEST(AttentionOver, ChunksGiveTheSameBits) {
  struct Case {
    size_t heads, kv_heads, width, window, length;
    Dtype q, kv;
  };
  for (const Case& c :
       {Case{8, 2, 64, 0, 600, Dtype::f32, Dtype::bf16}, Case{8, 2, 64, 0, 530, Dtype::f32, Dtype::f32},
        Case{3, 1, 31, 50, 300, Dtype::bf16, Dtype::bf16}, Case{4, 4, 16, 1, 90, Dtype::f32, Dtype::f32},
        Case{2, 1, 184, 300, 620, Dtype::f32, Dtype::bf16},
        Case{9, 3, 8, 257, 520, Dtype::bf16, Dtype::f32}}) {
    const AttentionShape shape = shape_of(c.heads, c.kv_heads, c.width, c.window);
    const Sequence s(shape, c.length, c.q, c.kv);
    const auto whole = attend(s, shape, 0, c.length);
    for (const size_t chunk : {1, 2, 3, 5, 7, 11, 16, 17, 31, 33, 63, 64, 65, 70, 256, 257})
      ASSERT_EQ(in_chunks(s, shape, c.length, chunk), whole) << c.width << " " << c.window << " " << chunk;
  }
}

TEST(AttentionOver, EveryChunkLengthUpTo70) {
  const AttentionShape shape = shape_of(4, 2, 16, 0);
  const Sequence s(shape, 320, Dtype::f32, Dtype::bf16);
  const auto whole = attend(s, shape, 0, 320);
  for (size_t chunk = 1; chunk <= 70; ++chunk) ASSERT_EQ(in_chunks(s, shape, 320, chunk), whole) << chunk;
}

TEST(AttentionOver, CompanyAndThreadsDoNotMatter) {
  const AttentionShape shape = shape_of(4, 2, 64, 0);
  const std::vector<size_t> lengths = {1, 300, 64, 700, 5}, news = {1, 3, 64, 1, 2};
  const int before = thread_count();
  std::vector<double> alone;
  std::vector<Sequence> sequences;
  std::vector<KeyValueView> past;
  Segments segments;
  size_t rows = 0;
  set_thread_count(1);
  for (size_t i = 0; i < lengths.size(); ++i) {
    sequences.emplace_back(shape, lengths[i], Dtype::f32, Dtype::bf16, i);
    past.push_back(sequences[i].past(lengths[i]));
    segments.push_back({rows, news[i]});
    rows += news[i];
    const auto y = attend(sequences[i], shape, lengths[i] - news[i], news[i]);
    alone.insert(alone.end(), y.begin(), y.end());
  }
  Output q(rows, shape.heads * shape.head_width, Dtype::f32, Device::cpu);
  for (size_t i = 0; i < lengths.size(); ++i)
    copy(Device::cpu, sequences[i].q.mat().slice_rows(lengths[i] - news[i], news[i]),
         q.mat().slice_rows(segments[i].start, news[i]));
  const Tensor all = constant("a test's queries", std::move(q));
  for (const int threads : {1, 2, 3, 5}) {
    set_thread_count(threads);
    EXPECT_EQ(to_doubles(attention_over(all, past, shape, segments).mat()), alone) << threads;
    EXPECT_EQ(attend(sequences[3], shape, 699, 1),
              std::vector<double>(alone.end() - 3 * 256, alone.end() - 2 * 256))
        << threads;
  }
  set_thread_count(before);
}

TEST(AttentionOver, WhatLiesBehindTheWindowMayBeDropped) {
  for (const size_t window : {1, 40, 300}) {
    const AttentionShape shape = shape_of(4, 2, 24, window);
    const Sequence s(shape, 700, Dtype::f32, Dtype::bf16);
    for (const size_t count : {1, 9, 70}) {
      const size_t needed = 700 - count - window + 1;
      const auto want = attend(s, shape, 700 - count, count);
      EXPECT_EQ(attend(s, shape, 700 - count, count, needed), want) << window;
      EXPECT_EQ(attend(s, shape, 700 - count, count, needed / 2), want) << window;
      EXPECT_THROW(attend(s, shape, 700 - count, count, needed + 1), Error);
    }
  }
}

// What a query does not see cannot touch it, not even as infinity or NaN.
TEST(AttentionOver, UnseenKeysAreNotTouched) {
  const AttentionShape shape = shape_of(4, 2, 16, 30);
  Sequence s(shape, 100, Dtype::f32, Dtype::f32);
  const auto want = attend(s, shape, 50, 20);
  for (const double poison : {static_cast<double>(INFINITY), static_cast<double>(NAN)}) {
    Values k{100, 32, to_doubles(s.k.mat())}, v{100, 32, to_doubles(s.v.mat())};
    for (size_t t = 0; t < 100; ++t)
      if (t < 50 - 29 || t >= 60)
        for (size_t d = 0; d < 32; ++d) k.data[t * 32 + d] = v.data[t * 32 + d] = poison;
    Sequence poisoned = s;
    poisoned.k = to_tensor(k, Device::cpu, Dtype::f32);
    poisoned.v = to_tensor(v, Device::cpu, Dtype::f32);
    auto got = attend(poisoned, shape, 50, 20);
    got.resize(10 * 64);
    EXPECT_EQ(got, std::vector<double>(want.begin(), want.begin() + 10 * 64));
  }
}

TEST(AttentionOver, RefusesWhatDoesNotFit) {
  const AttentionShape shape = shape_of(4, 2, 8);
  const Sequence s(shape, 10, Dtype::f32, Dtype::f32);
  const KeyValueView past = s.past(10), shorter = s.past(2), dropped = s.past(10, 1);
  const Tensor q = rows_of(s.q, 7, 3);
  EXPECT_THROW(attention_over(q, {&past, 1}, shape_of(4, 1, 8), {{0, 3}}), Error);
  EXPECT_THROW(attention_over(q, {&past, 1}, shape, {{0, 2}}), Error);
  EXPECT_THROW(attention_over(q, {&shorter, 1}, shape, {{0, 3}}), Error);
  EXPECT_THROW(attention_over(q, {&dropped, 1}, shape, {{0, 3}}), Error);
  EXPECT_THROW(attention_over(q, {}, shape, {{0, 3}}), Error);
  Tape tape;
  EXPECT_THROW(attention_over(tape.watch(q), {&past, 1}, shape, {{0, 3}}), Error);
}

}  // namespace
}  // namespace bantam
