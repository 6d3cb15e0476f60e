// The stream of documents: the same for any number of threads and any size, in the shares that were asked
// for.
#include "data/corpus/corpus.h"

#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "base/threads.h"
#include "data/corpus_text.h"

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

void expect_shares(const Options& options) {
  const Mix& mix = options.mix;
  const double asked[] = {mix.stories, mix.questions, mix.dialogues, mix.arithmetic};
  const double sum = asked[0] + asked[1] + asked[2] + asked[3];
  std::map<Kind, double> bytes;
  double italian = 0, all = 0;
  for (const Document& document : documents(Split::train, kSanitized ? 2'000'000 : 6'000'000, options)) {
    const double size = static_cast<double>(content(document).size());
    bytes[document.kind] += size;
    italian += document.italian ? size : 0;
    all += size;
  }
  for (const Kind kind : kKinds)
    EXPECT_NEAR(bytes[kind] / all, asked[static_cast<size_t>(kind)] / sum, 0.025) << kind_name(kind);
  EXPECT_NEAR(italian / all, mix.italian, 0.025);
}

TEST(Corpus, SharesOfTheTextAreThoseOfTheMix) {
  EXPECT_GT(Mix{}.italian, 0.05) << "the shipped corpus has an Italian share";
  expect_shares({});
  expect_shares(with_mix("stories=10,questions=10,dialogues=40,arithmetic=40,italian=50"));
  expect_shares(with_mix("stories=1,questions=0,dialogues=1,arithmetic=0,italian=0"));
}

TEST(Corpus, AMixThatMeansNothingIsRefused) {
  for (const char* mix : {"storys=3", "stories", "stories=x", "arithmetic=-1", "italian=101",
                          "stories=0,questions=0,dialogues=0,arithmetic=0"})
    EXPECT_THROW(parse_mix(mix), Error) << mix;
}

}  // namespace
}  // namespace bantam::corpus
