// Texts made to be slow or wrong, for every kind of tokenizer: without a place to cut, of marks alone, of broken bytes.
// What they cost is measured by hand (docs/runs/tokenizer.md); here they must come back exactly.
#include <gtest/gtest.h>

#include "golden.h"
#include "text/length_max_trainer.h"
#include "text/tokenizer.h"
#include "text/unicode.h"

namespace bantam {
namespace {

struct Kind {
  std::string name;
  Tokenizer tokenizer;
  bool composes = false;  // NFC: a text comes back composed
};

Tokenizer trained_length_max() {
  LengthMaxTrainerOptions options;
  options.vocab_size = 400;
  LengthMaxTrainer trainer(options);
  trainer.add("aa bb abab \u0301\u0323 the the the \u4e00\u4e01");
  trainer.end_text();
  return trainer.train();
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> list = [] {
    std::vector<Kind> all;
    for (const std::string& name : golden::tokenizer_names())
      all.push_back({name, golden::tokenizer(name), name.starts_with("qwen")});
    all.push_back({"spm_bpe", Tokenizer::parse(golden::text("spm_bpe.model"), "spm.model")});
    all.push_back({"vuaf", golden::vuaf_tokenizer()});
    all.push_back({"length-max", trained_length_max()});
    return all;
  }();
  return list;
}

std::vector<std::string> hostile_texts(size_t bytes) {
  std::string letters, marks, broken, any, ideographs;
  uint64_t state = 11;
  const auto random = [&] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
  while (letters.size() < bytes) letters += static_cast<char>('a' + random() % 26);
  while (marks.size() < bytes) append_utf8(marks, static_cast<char32_t>(0x300 + random() % 0x4F));
  while (broken.size() < bytes) broken += static_cast<char>(128 + random() % 128);
  while (any.size() < bytes) any += static_cast<char>(random());
  while (ideographs.size() < bytes)
    append_utf8(ideographs, static_cast<char32_t>(0x4E00 + random() % 0x5000));
  return {letters,
          marks,
          broken,
          any,
          ideographs,
          std::string(bytes, 'a'),
          std::string(bytes, ' '),
          std::string(bytes, '\n'),
          std::string(bytes, '<')};
}

TEST(Adversarial, EveryKindGivesHostileTextsBack) {
  for (const Kind& kind : kinds()) {
    if (kind.name == "vuaf") continue;  // its model's own normaliser rewrites text
    for (const std::string& text : hostile_texts(30000)) {
      const std::string whole = repaired_utf8(text);
      const std::string wanted = kind.composes ? nfc(whole) : whole;
      const std::string back = kind.tokenizer.decode(kind.tokenizer.encode(text));
      EXPECT_EQ(back.size(), wanted.size()) << kind.name << " " << text.substr(0, 8);
      EXPECT_TRUE(back == wanted) << kind.name << " " << text.substr(0, 8);
    }
  }
}

// A decoder that is given one id at a time holds no more than a character, and gives the same text.
TEST(Adversarial, HostileTextsStreamOut) {
  for (const Kind& kind : kinds()) {
    for (const std::string& text : hostile_texts(3000)) {
      const std::vector<TokenId> ids = kind.tokenizer.encode(text);
      DecodeStream stream(kind.tokenizer);
      std::string joined;
      for (const TokenId id : ids) joined += stream.push(id);
      joined += stream.finish();
      EXPECT_TRUE(joined == kind.tokenizer.decode(ids)) << kind.name << " " << text.substr(0, 8);
    }
  }
}

}  // namespace
}  // namespace bantam
