// The held-out split cannot be memorised: what it says is not in 20 MB of the train split.
#include <gtest/gtest.h>

#include <unordered_set>

#include "base/random.h"
#include "data/corpus_text.h"

namespace bantam::corpus {
namespace {

constexpr uint64_t kTrainBytes = kSanitized ? 4'000'000 : 20'000'000;
constexpr size_t kGram = 13;
constexpr std::pair<std::string_view, std::string_view> kInflections[] = {
    {"s", ""}, {"es", ""}, {"ies", "y"}, {"ed", ""}, {"ed", "e"}, {"ied", "y"}, {"ing", ""}, {"ing", "e"}};

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
    EXPECT_LT(static_cast<double>(seen[italian]), 0.10 * static_cast<double>(all[italian]))
        << "Italian: " << italian;
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

// Words without their inflections, roughly: English forms whose base stands in the text too count once,
// Italian words count once without their last vowels.
size_t lemmas(const std::unordered_set<std::string>& forms, bool italian) {
  std::unordered_set<std::string> bases;
  for (const std::string& form : forms) {
    if (italian) {
      bases.insert(form.substr(0, form.find_last_not_of("aeiouh") + 1));
      continue;
    }
    const bool inflected =
        std::any_of(std::begin(kInflections), std::end(kInflections), [&](const auto& inflection) {
          const auto& [ending, base] = inflection;
          return form.ends_with(ending) &&
                 forms.contains(form.substr(0, form.size() - ending.size()).append(base));
        });
    if (!inflected) bases.insert(form);
  }
  return bases.size();
}

TEST(CorpusSplit, ThousandsOfLemmas) {
  std::unordered_set<std::string> forms[2];
  for (const Document& document : train())
    for (std::string& word : words(content(document)))
      if (word.find_first_of("0123456789") == std::string::npos)
        forms[document.italian].insert(std::move(word));
  EXPECT_GT(lemmas(forms[0], false), kSanitized ? 2500u : 3000u);
  EXPECT_GT(lemmas(forms[1], true), kSanitized ? 1500u : 2000u);
}

}  // namespace
}  // namespace bantam::corpus
