#include "data/corpus/corpus.h"

#include <gtest/gtest.h>

#include "base/threads.h"

namespace bantam::corpus {
namespace {

std::string generated(Split split, uint64_t bytes, Options options = {}, Format format = Format::jsonl) {
  std::string text;
  generate(options, split, bytes, format, [&](std::string_view piece) { text += piece; });
  return text;
}

TEST(Corpus, SameBytesForAnyNumberOfThreads) {
  const int before = thread_count();
  set_thread_count(1);
  const std::string alone = generated(Split::train, 300'000);
  set_thread_count(3);
  const std::string together = generated(Split::train, 300'000);
  set_thread_count(before);
  EXPECT_EQ(alone, together);
}

TEST(Corpus, ASmallerSizeIsAPrefix) {
  const std::string large = generated(Split::train, 200'000), small = generated(Split::train, 50'000);
  EXPECT_LT(small.size(), 60'000u);
  EXPECT_GE(small.size(), 50'000u);
  EXPECT_EQ(large.substr(0, small.size()), small);
  EXPECT_EQ(small.back(), '\n');
}

}  // namespace
}  // namespace bantam::corpus
