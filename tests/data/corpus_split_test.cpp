// The held-out split cannot be memorised: what it says is not in 20 MB of the train split.
#include <gtest/gtest.h>

#include <unordered_set>

#include "base/random.h"
#include "data/corpus_text.h"

namespace bantam::corpus {
namespace {

constexpr uint64_t kTrainBytes = kSanitized ? 4'000'000 : 20'000'000;
constexpr size_t kGram = 13;

const std::vector<Document>& train() {
  static const std::vector<Document> list = documents(Split::train, kTrainBytes);
  return list;
}

std::vector<uint64_t> grams(const Document& document) {
  std::vector<uint64_t> hashes, result;
  for (const std::string& word : words(content(document))) hashes.push_back(std::hash<std::string>()(word));
  for (size_t i = 0; i + kGram <= hashes.size(); ++i) {
    uint64_t gram = 0;
    for (size_t j = 0; j < kGram; ++j) gram = (gram ^ hashes[i + j]) * 0x9e3779b97f4a7c15 + (gram >> 29);
    result.push_back(gram);
  }
  return result;
}

TEST(CorpusSplit, NoWholeDocumentAndFewGramsOfValidOccurInTrain) {
  std::unordered_set<std::string> whole;
  std::vector<uint64_t> known;
  for (const Document& document : train()) {
    whole.insert(content(document));
    const std::vector<uint64_t> some = grams(document);
    known.insert(known.end(), some.begin(), some.end());
  }
  std::sort(known.begin(), known.end());
  size_t all[2] = {}, seen[2] = {}, copies = 0;
  for (const Document& document : documents(Split::valid, 2'000'000)) {
    if (whole.contains(content(document))) ADD_FAILURE() << "in train: " << content(document), ++copies;
    for (const uint64_t gram : grams(document)) {
      ++all[document.italian];
      seen[document.italian] += std::binary_search(known.begin(), known.end(), gram) ? 1 : 0;
    }
    ASSERT_LT(copies, 10u);
  }
  for (const bool italian : {false, true}) {
    EXPECT_GT(all[italian], 3000u);
    EXPECT_LT(static_cast<double>(seen[italian]), 0.10 * static_cast<double>(all[italian])) << "Italian: " << italian;
  }
}

TEST(CorpusSplit, HeldOutQuestionsAreNotAskedInTrain) {
  std::unordered_set<std::string> asked;
  for (const Document& document : train())
    for (const Message& message : document.messages) asked.insert(message.content);
  for (const Kind kind : {Kind::arithmetic, Kind::who_has_what}) {
    std::unordered_set<std::string> different;
    for (const Question& question : held_out_questions({}, kind, 400)) {
      ASSERT_EQ(question.messages.size(), 1u);
      const std::string& text = question.messages.front().content;
      EXPECT_FALSE(asked.contains(text)) << text;
      EXPECT_FALSE(question.answer.empty());
      different.insert(text);
    }
    EXPECT_EQ(different.size(), 400u);
  }
}

TEST(CorpusSplit, ThousandsOfWordsInManyShapes) {
  std::unordered_set<std::string> forms[2], shapes;
  for (const Document& document : train()) {
    for (std::string& word : words(content(document)))
      if (word.find_first_of("0123456789") == std::string::npos) forms[document.italian].insert(std::move(word));
    if (document.kind == Kind::story) shapes.insert(sentences(document.text).front().substr(0, 12));
  }
  EXPECT_GT(forms[0].size(), kSanitized ? 3000u : 3500u);
  EXPECT_GT(forms[1].size(), kSanitized ? 2000u : 3000u);
  EXPECT_GT(shapes.size(), 100u);
}

}  // namespace
}  // namespace bantam::corpus
