#include "text/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/threads.h"
#include "golden.h"
#include "text/byte_alphabet.h"
#include "text/merge_learner.h"
#include "text/pair_queue.h"
#include "text/word_counts.h"

namespace bantam {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kSpecial = {"<|im_start|>", "<|im_end|>", "<think>",
                                           "<bos>",        "<eos>",      "<pad>"};

BpeTrainerOptions options(size_t merges, Split split, Sequences sequences = Sequences::lines) {
  BpeTrainerOptions options;
  options.vocab_size = kSpecial.size() + 256 + merges;
  options.split = split;
  options.sequences = sequences;
  options.special = kSpecial;
  return options;
}

Tokenizer train(const BpeTrainerOptions& options, std::string_view text,
                size_t piece = std::string_view::npos) {
  BpeTrainer trainer(options);
  for (size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at))
    trainer.add(text.substr(at, piece));
  return trainer.train();
}

std::string merges_text(const Tokenizer& tokenizer) {
  std::string text;
  const TokenizerDefinition& definition = tokenizer.definition();
  for (const auto& [left, right] : definition.merges)
    text += definition.vocab[left] + " " + definition.vocab[right] + "\n";
  return text;
}

const std::string& corpus() {
  static const std::string text = golden::text("corpus.txt");
  return text;
}

TEST(BpeTrainer, WholeFilesEqualThoseOfHuggingFace) {
  const struct {
    const char* name;
    BpeTrainerOptions options;
  } cases[] = {
      {"gpt2_512", options(512, Split::gpt2)},
      {"gpt2_4096", options(4096, Split::gpt2)},
      {"llama3_2048", options(2048, Split::llama3)},
      {"qwen2_2048", options(2048, Split::qwen2, Sequences::whole)},
      {"qwen35_512", options(512, Split::qwen35)},
  };
  for (const auto& c : cases)
    EXPECT_EQ(train(c.options, corpus()).file_bytes(), golden::text(std::string(c.name) + ".tokenizer.json"))
        << c.name;
}

TEST(BpeTrainer, MergesUnderOtherLimits) {
  EXPECT_EQ(merges_text(train(options(4096, Split::gpt2, Sequences::whole), corpus())),
            golden::text("gpt2_4096_whole.merges.txt"));
  BpeTrainerOptions frequent = options(4096, Split::gpt2);
  frequent.min_frequency = 100;
  EXPECT_EQ(merges_text(train(frequent, corpus())), golden::text("gpt2_minfreq100.merges.txt"));
  BpeTrainerOptions narrow = options(512, Split::gpt2);
  narrow.max_token_length = 4;
  EXPECT_EQ(merges_text(train(narrow, corpus())), golden::text("gpt2_maxlen4.merges.txt"));
}

TEST(BpeTrainer, NeitherThreadsNorPiecesChangeTheResult) {
  const BpeTrainerOptions o = options(600, Split::qwen2, Sequences::whole);
  std::string text;
  for (int i = 0; i < 3; ++i) text += corpus();  // more than one block
  set_thread_count(1);
  const std::string expected = train(o, text).file_bytes();
  for (const int threads : {2, 3}) {
    set_thread_count(threads);
    for (const size_t piece : {size_t{1000}, size_t{77777}, text.size()})
      EXPECT_EQ(train(o, text, piece).file_bytes(), expected) << threads << " threads, pieces of " << piece;
  }
  EXPECT_EQ(train(options(50, Split::gpt2), corpus().substr(0, 20000), 1).file_bytes(),
            train(options(50, Split::gpt2), corpus().substr(0, 20000)).file_bytes());
}

// Many rounds in little memory count what one round in much memory counts.
TEST(BpeTrainer, RoundsDoNotChangeTheResult) {
  for (const Sequences sequences : {Sequences::lines, Sequences::whole}) {
    BpeTrainerOptions o = options(300, Split::llama3, sequences);
    std::string text;
    for (int i = 0; i < 6; ++i) text += corpus();
    const std::string expected = train(o, text).file_bytes();
    o.memory_bytes = kSmallestTrainerMemory;
    EXPECT_EQ(train(o, text).file_bytes(), expected);
  }
}

TEST(BpeTrainer, TextsEndWhereTheyEnd) {
  BpeTrainerOptions o = options(1, Split::gpt2, Sequences::whole);
  const auto first_merge = [&](std::initializer_list<const char*> texts) {
    BpeTrainer trainer(o);
    for (const char* text : texts) {
      trainer.add(text);
      trainer.end_text();
    }
    return merges_text(trainer.train());
  };
  EXPECT_EQ(first_merge({"ab", "ab", "ba", "ba", "ba"}), "b a\n");
  EXPECT_EQ(first_merge({"ab", "", "ab", "a", "a", "b"}), "a b\n");
  EXPECT_EQ(first_merge({}), "");
}

// Text whose distinct words outgrow the smallest memory.
std::string text_of_many_words() {
  std::string text = corpus();
  uint64_t state = 9;
  for (int i = 0; i < 250000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    for (int k = 0; k < 8; ++k) text += static_cast<char>('a' + (state >> (20 + 5 * k)) % 26);
    text += ' ';
  }
  return text += corpus();
}

TEST(BpeTrainer, LeavesOutTheRarestWordsTheSameWayForAnyThreads) {
  BpeTrainerOptions o = options(200, Split::gpt2);
  o.memory_bytes = kSmallestTrainerMemory;
  const std::string text = text_of_many_words();
  std::set<std::string> results;
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    BpeTrainer trainer(o);
    trainer.add(text);
    results.insert(trainer.train().file_bytes());
    const WordCounts& words = trainer.words();
    EXPECT_GT(words.spilled_bytes(), 0u);
    EXPECT_GT(words.distinct().words, 250000u);
    EXPECT_LT(words.kept().words, words.distinct().words - 100000);
    EXPECT_EQ(words.left_out_at_most(), 1u);  // counts are of the whole text, not of what memory held
  }
  EXPECT_EQ(results.size(), 1u);
}

// Words so long and all so rare that they outgrow what was expected of them: fewer are learned from, and never none.
TEST(BpeTrainer, LearnsFromAsManyEquallyRareWordsAsFit) {
  BpeTrainerOptions o = options(3000, Split::gpt2);
  o.memory_bytes = kSmallestTrainerMemory;
  std::string text;
  uint64_t state = 3;
  for (int i = 0; i < 12000; ++i) {
    for (int k = 0; k < 100; ++k) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text += static_cast<char>(((state >> 33) & 1 ? 'a' : 'A') + (state >> 34) % 26);
    }
    text += '\n';
  }
  std::set<std::string> results;
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    BpeTrainer trainer(o);
    trainer.add(text);
    const Tokenizer tokenizer = trainer.train();
    EXPECT_EQ(tokenizer.definition().merges.size(), 3000u);
    results.insert(tokenizer.file_bytes());
    const WordCounts::Size kept = trainer.words().kept();
    EXPECT_GT(kept.words, 2000u);
    EXPECT_LT(kept.learning_bytes(), WordCounts::learning_limit(o.memory_bytes) / 5 * 4)
        << "learning asked for fewer";
    EXPECT_EQ(trainer.words().left_out_at_most(), 1u);
  }
  EXPECT_EQ(results.size(), 1u);
}

// Counted in little memory and on disk, learned from in the same words as without a bound.
TEST(BpeTrainer, SpilledCountsAreThoseOfMuchMemory) {
  BpeTrainerOptions o = options(150, Split::gpt2);
  std::string text;
  for (int i = 0; i < 140000; ++i) text += fmt::format(" {}", 100000 + int64_t{i} * 7919 % 140000);
  const std::string twice = text + text;
  const std::string expected = train(o, twice).file_bytes();
  o.memory_bytes = kSmallestTrainerMemory;
  BpeTrainer bounded(o);
  bounded.add(twice);
  EXPECT_EQ(bounded.train().file_bytes(), expected);
  EXPECT_GT(bounded.words().spilled_bytes(), 0u);
  EXPECT_EQ(bounded.words().kept().words, 140000u);
}

TEST(BpeTrainer, AWordTooLongForItsMemoryIsOneClearError) {
  BpeTrainerOptions o = options(10, Split::gpt2);
  o.memory_bytes = kSmallestTrainerMemory;
  BpeTrainer trainer(o);
  try {
    for (int i = 0; i < 10; ++i) trainer.add(std::string(1 << 20, 'a'));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_THAT(error.what(), HasSubstr("give a larger --memory"));
  }
}

TEST(BpeTrainer, BrokenUtf8IsCountedAndReadAsReplacement) {
  BpeTrainer trainer(options(3, Split::gpt2));
  for (const char* piece : {"caf\xC3", "\xA9 \xFF ", "\xE2\x82", "x\xE2"}) trainer.add(piece);
  const Tokenizer tokenizer = trainer.train();
  EXPECT_EQ(trainer.replaced(), 3u);
  EXPECT_EQ(tokenizer.file_bytes(),
            train(options(3, Split::gpt2), "caf\u00e9 \uFFFD \uFFFDx\uFFFD").file_bytes());
}

TEST(BpeTrainer, OptionsThatCannotBeMetAreUsageErrors) {
  const auto refused = [](BpeTrainerOptions o, const char* message) {
    try {
      BpeTrainer trainer(std::move(o));
      FAIL() << message;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  };
  BpeTrainerOptions o = options(0, Split::gpt2);
  o.vocab_size = 261;
  refused(o, "want 262 (6 special tokens and the 256 bytes)");
  o.vocab_size = kVocabularyLimit + 1;
  refused(o, "1048577 tokens");
  o = options(0, Split::gpt2);
  o.special.push_back("x");
  refused(o, "\"x\" spells a single byte");
  o.special.back() = "";
  refused(o, "is empty");
  o.special.back() = "\xFF";
  refused(o, "not valid UTF-8");
  o = options(0, Split::gpt2);
  o.memory_bytes = 1000;
  refused(o, "at least 32 MiB");
  o = options(0, Split::gpt2);
  o.special.push_back("<pad>");  // twice: once is enough
  EXPECT_EQ(train(o, "").vocab_size(), 262u);
}

// Words with counts, alphabets and limits, and what Hugging Face learns from them.
TEST(MergeLearner, TrainCases) {
  size_t cases = 0;
  const Json all = parse_json(golden::text("train_cases.json"), "train_cases.json");
  for (const Json& c : all) {
    const Json& kw = c["kw"];
    if (kw.contains("cont_prefix") || kw.contains("end_suffix")) continue;  // byte-level BPE has none
    std::vector<std::string> tokens;
    std::map<std::string, int32_t> ids;
    const auto add = [&](const std::string& token) {
      if (ids.try_emplace(token, static_cast<int32_t>(tokens.size())).second) tokens.push_back(token);
    };
    std::map<std::string, uint64_t> letters;  // in the order of code points
    const auto for_each_letter = [](const std::string& word, auto body) {
      for (size_t at = 0; at < word.size();) {
        const unsigned bytes = utf8_char(word.data() + at).bytes;
        body(word.substr(at, bytes));
        at += bytes;
      }
    };
    for (const auto& [word, count] : c["words"].items())
      for_each_letter(word,
                      [&, n = count.get<uint64_t>()](const std::string& letter) { letters[letter] += n; });
    for (const Json& letter : kw.value("initial_alphabet", Json::array())) letters[letter] = ~uint64_t{0};
    if (kw.contains("limit_alphabet")) {
      while (letters.size() > kw["limit_alphabet"].get<size_t>()) {
        const auto rarest = std::min_element(
            letters.begin(), letters.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        letters.erase(rarest);
      }
    }
    for (const Json& special : kw.value("specials", Json::array())) add(special);
    for (const auto& letter : letters) add(letter.first);
    MergeLearner learner(tokens);
    for (const auto& [word, count] : c["words"].items()) {
      std::vector<int32_t> symbols;
      for_each_letter(word, [&](const std::string& letter) {
        if (letters.contains(letter)) symbols.push_back(ids[letter]);
      });
      learner.add_word(symbols.begin(), symbols.end(), count.get<uint64_t>());
    }
    EXPECT_TRUE(learner.learn({c["vocab_size"].get<size_t>(), kw.value("min_frequency", uint64_t{0}),
                               kw.value("max_token_length", uint64_t{0})},
                              [](size_t) {}));
    EXPECT_EQ(learner.tokens(), c["vocab"].get<std::vector<std::string>>()) << c["name"];
    std::vector<std::pair<std::string, std::string>> merges;
    for (const auto& [left, right] : learner.merges())
      merges.emplace_back(learner.tokens()[left], learner.tokens()[right]);
    EXPECT_EQ(merges, (c["merges"].get<std::vector<std::pair<std::string, std::string>>>())) << c["name"];
    ++cases;
  }
  EXPECT_EQ(cases, 15u);
}

// A slow count of the same words.
TEST(WordCounts, CountEveryWordOnce) {
  std::map<std::string, uint64_t> expected;
  std::vector<std::string> words;
  uint64_t state = 4;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    words.push_back(std::string((state >> 40) % 40, static_cast<char>('a' + (state >> 35) % 3)) + "w");
    ++expected[words.back()];
  }
  WordCounts counts(uint64_t{1} << 30);
  constexpr size_t kBlocks = 7;
  for (int round = 0; round < 2; ++round) {
    counts.add(kBlocks, [&](size_t block, FunctionRef<void(std::string_view)> word) {
      for (size_t i = block; i < words.size(); i += kBlocks) word(words[i]);
    });
  }
  EXPECT_EQ(counts.occurrences(), 2 * words.size());
  counts.finish();
  EXPECT_EQ(counts.distinct().words, expected.size());
  EXPECT_EQ(counts.spilled_bytes(), 0u);
  size_t taken = 0;
  counts.take([&](std::string_view word, uint64_t count) {
    EXPECT_EQ(count, 2 * expected[std::string(word)]);
    ++taken;
  });
  EXPECT_EQ(taken, expected.size());
}

// Runs enough to be merged twice over, words longer than a buffer among them.
TEST(WordRuns, MergeToTheSums) {
  std::map<std::string, uint64_t> expected;
  WordRuns runs(testing::TempDir());
  for (int run = 0; run < 70; ++run) {
    WordTable table;
    const auto count = [&](const std::string& word, uint64_t times) {
      table.add_copy(word, WordTable::hash(word), times);
      expected[word] += times;
    };
    for (int i = 0; i < 50; ++i) count(fmt::format("w{}", (run * 31 + i * i) % 997), 1 + run % 3);
    if (run % 30 == 0) count(std::string(700000 + run, 'x'), uint64_t{1} << 40);
    runs.add([&](WordRuns::Give give) {
      for (const WordTable::Slot& slot : table.sort()) give(slot.word(), slot.count);
    });
  }
  runs.merge();
  std::map<std::string, uint64_t> merged;
  runs.read([&](std::string_view word, uint64_t count) {
    EXPECT_TRUE(merged.emplace(word, count).second) << word.substr(0, 40);
  });
  EXPECT_EQ(merged, expected);
}

TEST(PairCounts, CountAsAMap) {
  PairCounts counts;
  std::map<uint64_t, int64_t> expected;
  uint64_t state = 5;
  for (int i = 0; i < 200000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const uint64_t key = pair_key((state >> 40) % 300, (state >> 50) % 200);
    const int64_t by = static_cast<int64_t>(state >> 20) % 3 - 1;  // many come back to 0
    EXPECT_EQ(counts.add(key, by), expected[key] += by);
  }
  for (int left = 0; left < 310; ++left)
    for (int right = 0; right < 200; ++right) {
      const auto found = expected.find(pair_key(left, right));
      EXPECT_EQ(counts.of(pair_key(left, right)), found == expected.end() ? 0 : found->second);
    }
}

TEST(WordLists, HoldWordsAndUseFreedPiecesAgain) {
  WordLists lists;
  std::vector<uint32_t> words;
  WordLists::List list = WordLists::kNone, other = WordLists::kNone;
  for (uint32_t word = 0; word < 1000; ++word) {
    for (int twice = 0; twice < 2; ++twice) list = lists.with(list, word);
    other = lists.with(other, 7 * word);
  }
  lists.each(list, [&](uint32_t word) {
    words.push_back(word);
    other = lists.with(other, word);  // the pool may move meanwhile
  });
  std::sort(words.begin(), words.end());
  ASSERT_EQ(words.size(), 1000u);
  for (uint32_t word = 0; word < 1000; ++word) EXPECT_EQ(words[word], word);
  const uint64_t before = lists.memory_bytes();
  lists.free(list);
  WordLists::List third = WordLists::kNone;
  for (uint32_t word = 0; word < 1000; ++word) third = lists.with(third, word);
  EXPECT_EQ(lists.memory_bytes(), before);
}

TEST(WordCounts, SpillAndCountOnAsIfInMemory) {
  std::vector<std::string> words;
  for (int i = 0; i < 3000; ++i) words.push_back(fmt::format("word {}", i * i % 2003));
  std::map<std::string, uint64_t> expected;
  for (const std::string& word : words) ++expected[word];
  const auto counted = [&](uint64_t memory, bool spills) {
    WordCounts counts(memory, testing::TempDir());
    for (size_t round = 0; round < 30; ++round)
      counts.add(1, [&](size_t, FunctionRef<void(std::string_view)> word) {
        for (size_t i = round * 100; i < round * 100 + 100; ++i) word(words[i]);
      });
    counts.finish();
    EXPECT_EQ(counts.spilled_bytes() > 0, spills);
    EXPECT_EQ(counts.distinct().words, expected.size());
    std::map<std::string, uint64_t> taken;
    counts.take([&](std::string_view word, uint64_t count) { taken.emplace(word, count); });
    EXPECT_EQ(taken.size(), counts.kept().words);
    EXPECT_LE(counts.kept().learning_bytes(), memory / 8 * 7);
    for (const auto& [word, count] : expected)
      EXPECT_TRUE(taken.contains(word) || count <= counts.left_out_at_most()) << word;
    for (const auto& [word, count] : taken) {
      EXPECT_EQ(count, expected[word]);
      EXPECT_GE(count, counts.left_out_at_most());
    }
    if (spills && counts.kept().words > 0) {
      const WordCounts::Size before = counts.kept();
      EXPECT_TRUE(counts.leave_out_more());
      size_t again = 0;
      counts.take([&](std::string_view word, uint64_t) { again += taken.contains(std::string(word)); });
      EXPECT_EQ(again, counts.kept().words);
      EXPECT_LE(counts.kept().learning_bytes(), before.learning_bytes() / 4 * 3);
    } else {
      EXPECT_FALSE(counts.leave_out_more());
    }
    return taken.size();
  };
  EXPECT_EQ(counted(uint64_t{1} << 30, false), expected.size());
  EXPECT_EQ(counted(270000, true), expected.size());
  EXPECT_LT(counted(150000, true), expected.size());
  EXPECT_EQ(counted(100, true), 0u);
}

}  // namespace
}  // namespace bantam
