#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/file.h"
#include "base/random.h"
#include "base/threads.h"
#include "data/toy.h"
#include "data/word_grams.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

std::string words(uint64_t seed, size_t count) {
  Random random(seed, "words");
  std::string text;
  for (size_t i = 0; i < count; ++i) text += fmt::format("{}w{}", i == 0 ? "" : " ", random.below(3000));
  return text;
}

// The text with every `every`-th word another one.
std::string changed(const std::string& text, size_t every) {
  std::string out;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    out += ++number % every == 0 ? "other" : text.substr(begin, end - begin);
    if (end < text.size()) out += ' ';
    begin = end + 1;
  }
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> found;
  for_each_word(
      text, [&](uint64_t, size_t begin, size_t end) { found.emplace_back(text.substr(begin, end - begin)); });
  return found;
}

TEST(WordGrams, AWordIsLettersAndDigitsAndAnIdeographIsOne) {
  EXPECT_THAT(words_of("It's 12, ok?"), ElementsAre("It", "s", "12", "ok"));
  EXPECT_THAT(words_of("\xc3\xa9t\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97x"),
              ElementsAre("\xc3\xa9t\xc3\xa9", "\xe6\xbc\xa2", "\xe5\xad\x97", "x"));
  EXPECT_TRUE(words_of(" .,\n").empty());
}

TEST(WordGrams, RollAndDoNotKnowCaseOrSpace) {
  const auto grams = [](std::string_view text) {
    std::vector<uint64_t> hashes;
    for_each_gram<3>(text, true, [&](uint64_t hash, size_t, size_t) { hashes.push_back(hash); });
    return hashes;
  };
  EXPECT_EQ(grams("a b c d e"), grams("A  b, c\nD (e)"));
  EXPECT_EQ(grams("x a b c d").size(), 3u);
  EXPECT_EQ(grams("x y a b c")[2], grams("a b c d")[0]) << "what stood before is forgotten";
  EXPECT_NE(grams("a b c"), grams("c b a"));
  EXPECT_EQ(grams("a b").size(), 1u) << "a short text is one run";
  std::vector<std::string> seen;
  const std::string_view text = "one two, three FOUR";
  for_each_gram<3>(text, false, [&](uint64_t, size_t begin, size_t end) {
    seen.emplace_back(text.substr(begin, end - begin));
  });
  EXPECT_THAT(seen, ElementsAre("one two, three", "two, three FOUR"));
}

double jaccard(const std::string& a, const std::string& b) {
  const auto grams = [](const std::string& text) {
    std::set<uint64_t> hashes;
    for_each_gram<5>(text, true, [&](uint64_t hash, size_t, size_t) { hashes.insert(hash); });
    return hashes;
  };
  const auto of_a = grams(a), of_b = grams(b);
  size_t both = 0;
  for (const uint64_t hash : of_a) both += of_b.contains(hash);
  return static_cast<double>(both) / static_cast<double>(of_a.size() + of_b.size() - both);
}

// 112 hash functions: a standard deviation of at most 0.047 for one pair, 0.01 for the mean of 40.
TEST(MinHashes, EstimateTheSimilarity) {
  for (const size_t every : {100, 40, 15}) {
    double error = 0;
    for (uint64_t seed = 0; seed < 40; ++seed) {
      const std::string a = words(seed, 200), b = changed(a, every);
      MinHash of_a, of_b;
      of_a.add(a);
      of_b.add(b);
      size_t equal = 0;
      for (size_t i = 0; i < MinHash::kSize; ++i) equal += of_a.minima()[i] == of_b.minima()[i];
      const double difference = static_cast<double>(equal) / MinHash::kSize - jaccard(a, b);
      EXPECT_LT(std::abs(difference), 0.2);
      error += difference / 40;
    }
    EXPECT_LT(std::abs(error), 0.035) << every;
  }
}

TEST(MinHashes, PartsMergeToTheWhole) {
  MinHash whole, first, second;
  whole.add("a b c d e");
  whole.add("f g h i j k");
  first.add("a b c d e");
  second.add("f g h i j k");
  first.merge(second);
  EXPECT_EQ(whole.minima(), first.minima());
  EXPECT_FALSE(first.empty());
  EXPECT_TRUE(MinHash().empty());
}

TEST(NearDuplicateIndex, FindsWhatResemblesAndNothingElse) {
  NearDuplicates index(0.8);
  const auto hashed = [](const std::string& text) {
    MinHash hash;
    hash.add(text);
    return hash;
  };
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const MinHash text = hashed(words(seed, 60));
    EXPECT_FALSE(index.find(text).has_value());
    EXPECT_EQ(index.keep(text), seed);
  }
  size_t found = 0;
  for (uint64_t seed = 0; seed < 2000; seed += 10) {
    const std::string text = words(seed, 60), near = changed(text, 61) + " and a";  // similarity 56/58
    const auto match = index.find(hashed(near));
    if (match) {
      EXPECT_EQ(match->text, seed);
    }
    found += match.has_value();
    EXPECT_FALSE(index.find(hashed(changed(text, 10))).has_value()) << "similarity below 0.5";
  }
  EXPECT_EQ(found, 200u);
}

class Filtering : public testing::Test {
 protected:
  PackOptions options(const std::vector<std::string>& names) {
    std::vector<SourceSpec> sources;
    for (const std::string& name : names) sources.push_back(parse_source((folder_ / name).string()));
    return toy::options(folder_ / "pack", sources);
  }
  std::string filtered() { return read_file(folder_ / "pack/filtered.txt"); }
  TemporaryFolder folder_;
};

TEST_F(Filtering, TheFirstOfEqualTextsStays) {
  folder_.write("a.jsonl", "{\"text\":\"one  two\"}\n{\"text\":\"x\"}\n{\"text\":\" one\\ntwo\"}\n");
  folder_.write("b.txt", "one two\n");
  folder_.write("c.jsonl",
                "{\"prompt\":\"one\",\"completion\":\"two\"}\n{\"text\":\"One two\"}\n{\"text\":\"new\"}\n");
  auto with = options({"a.jsonl", "b.txt", "c.jsonl:valid"});
  with.filter.dedupe = Dedupe::exact;
  const PackResult result = write_pack(with);
  const Pack pack(folder_ / "pack");
  EXPECT_THAT(toy::documents(pack), ElementsAre("[one  two]", "[x]"));
  EXPECT_THAT(toy::documents(pack, "valid"), ElementsAre("[One two]", "[new]"));
  EXPECT_EQ(filtered(),
            "dropped duplicate a.jsonl:3: has the text of a.jsonl:1\n"
            "dropped duplicate b.txt:1: has the text of a.jsonl:1\n"
            "dropped duplicate c.jsonl:1: has the text of a.jsonl:1\n");
  EXPECT_THAT(result.manifest.sources[0].left_out->by_name, ElementsAre(Pair("duplicate", 1)));
  EXPECT_TRUE(result.manifest.sources[0].skipped.by_name.empty());
  EXPECT_EQ(pack.manifest().filters->dedupe, Dedupe::exact);
}

TEST_F(Filtering, NearDuplicatesGoWhateverTheThreads) {
  std::string rows;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    rows += fmt::format("{{\"text\":\"{}\"}}\n", words(seed, 120));
    if (seed % 3 == 0) rows += fmt::format("{{\"text\":\"{}!\"}}\n", changed(words(seed, 120), 100));
  }
  folder_.write("rows.jsonl", rows);
  std::string first;
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    auto with = options({"rows.jsonl"});
    with.filter.dedupe = Dedupe::near;
    const PackResult result = write_pack(with);
    EXPECT_THAT(result.manifest.sources[0].left_out->by_name, ElementsAre(Pair("near_duplicate", 20)));
    EXPECT_EQ(Pack(folder_ / "pack").shards()[0].documents(), 60u);
    if (first.empty()) first = filtered();
    EXPECT_EQ(filtered(), first);
  }
  EXPECT_THAT(first, HasSubstr("dropped near_duplicate rows.jsonl:2: resembles rows.jsonl:1 (0."));
}

TEST_F(Filtering, LongDocumentsAreComparedWhole) {
  const std::string text = words(1, 3000);
  folder_.write("a.txt", text);
  folder_.write("b.txt", text);
  folder_.write("c.txt", text + " and more " + words(2, 3000));
  auto with = options({"a.txt", "b.txt", "c.txt"});
  with.read.part_bytes = 500;
  with.filter.dedupe = Dedupe::exact;
  write_pack(with);
  EXPECT_EQ(toy::documents(Pack(folder_ / "pack")).size(), 2u);
  EXPECT_EQ(filtered(), "dropped duplicate b.txt:1: has the text of a.txt:1\n");
}

TEST_F(Filtering, EvaluationTextsAreKeptOutOrListed) {
  const std::string question = words(7, 13);
  folder_.write(
      "eval.json",
      fmt::format("[{{\"q\":{{\"deep\":[\"{}\"]}},\"label\":1}},{{\"q\":\"short one\"}}]", question));
  folder_.write("rows.jsonl", fmt::format("{{\"text\":\"clean {}\"}}\n{{\"text\":\"a {}, b\"}}\n",
                                          changed(question, 12), question));
  auto with = options({"rows.jsonl"});
  with.filter.decontaminate = {folder_ / "eval.json"};
  PackResult result = write_pack(with);
  EXPECT_EQ(toy::documents(Pack(folder_ / "pack")).size(), 1u);
  EXPECT_EQ(filtered(),
            fmt::format("dropped contaminated rows.jsonl:2: holds 13 words of eval.json:1: {}\n", question));
  const PackFilters& filters = *result.manifest.filters;
  EXPECT_EQ(filters.evaluations[0].texts, 2u);
  EXPECT_EQ(filters.evaluations[0].too_short, 1u);
  EXPECT_EQ(filters.evaluations[0].sha256, sha256_file(folder_ / "eval.json"));
  with.filter.list_only = true;
  result = write_pack(with);
  EXPECT_EQ(toy::documents(Pack(folder_ / "pack")).size(), 2u);
  EXPECT_THAT(filtered(), HasSubstr("listed contaminated rows.jsonl:2"));
  EXPECT_THAT(result.manifest.filters->listed->by_name, ElementsAre(Pair("contaminated", 1)));
}

TEST_F(Filtering, BrokenRowsAreStillComplainedAbout) {
  folder_.write("rows.jsonl", "{\"text\":\"\"}\n{\"text\":\"\"}\nbroken\nbroken\n{\"text\":\"a\"}\n");
  auto with = options({"rows.jsonl"});
  with.filter.dedupe = Dedupe::near;
  with.skip_invalid = true;
  const PackResult result = write_pack(with);
  EXPECT_THAT(result.manifest.sources[0].skipped.by_name,
              ElementsAre(Pair("empty_row", 2), Pair("invalid_json", 2)));
  EXPECT_FALSE(result.manifest.sources[0].left_out.has_value());
  with.sources[0].path = "-";
  EXPECT_THROW(write_pack(with), Error) << "standard input cannot be read twice";
}

TEST_F(Filtering, ManifestsWithoutFiltersReadAsBefore) {
  folder_.write("rows.jsonl", "{\"text\":\"a\"}\n");
  write_pack(options({"rows.jsonl"}));
  const std::string manifest = read_file(folder_ / "pack/pack.json");
  EXPECT_THAT(manifest, Not(HasSubstr("filters")));
  EXPECT_THAT(manifest, Not(HasSubstr("left_out")));
  EXPECT_THAT(manifest, Not(HasSubstr("\"categories\": [")));
}

}  // namespace
}  // namespace bantam
