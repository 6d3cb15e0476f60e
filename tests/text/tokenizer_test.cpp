#include "text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/threads.h"
#include "golden.h"
#include "text/byte_alphabet.h"
#include "text/tokenizer_json.h"

namespace bantam {
namespace {

using testing::HasSubstr;
using Ids = std::vector<TokenId>;

class GoldenTokenizer : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, GoldenTokenizer, testing::ValuesIn(golden::tokenizer_names()),
                         [](const auto& test) { return test.param; });

TEST_P(GoldenTokenizer, EncodesAllTextsToTheSameIds) {
  const Tokenizer tokenizer = golden::tokenizer(GetParam());
  size_t texts = 0;
  for (const Json& row : golden::rows(GetParam() + ".goldens.jsonl")) {
    const auto text = row["text"].get<std::string>();
    EXPECT_EQ(tokenizer.encode(text, Special::parse), row["ids"].get<Ids>()) << row["cat"] << row["i"];
    ++texts;
  }
  EXPECT_EQ(texts, 677u);
}

TEST_P(GoldenTokenizer, DecodesThemBack) {
  const Tokenizer tokenizer = golden::tokenizer(GetParam());
  for (const Json& row : golden::rows(GetParam() + ".goldens.jsonl")) {
    const auto ids = row["ids"].get<Ids>();
    const Json& text = row.contains("dec") ? row["dec"] : row["text"];
    EXPECT_EQ(tokenizer.decode(ids), text.get<std::string>()) << row["i"];
    if (row.contains("dec_skip")) {
      EXPECT_EQ(tokenizer.decode(ids, true), row["dec_skip"].get<std::string>()) << row["i"];
    }
  }
}

TEST_P(GoldenTokenizer, DecodesBrokenSequencesAndStreams) {
  const Tokenizer tokenizer = golden::tokenizer(GetParam());
  size_t streams = 0;
  for (const Json& row : golden::rows(GetParam() + ".decode.jsonl")) {
    const auto ids = row["ids"].get<Ids>();
    EXPECT_EQ(tokenizer.decode(ids), row["dec"].get<std::string>());
    EXPECT_EQ(tokenizer.decode(ids, true), row["dec_skip"].get<std::string>());
    for (const bool skip : {false, true}) {
      DecodeStream stream(tokenizer, skip);
      std::string joined;
      for (size_t i = 0; i < ids.size(); ++i) {
        const std::string piece = stream.push(ids[i]);
        if (row.contains("stream") && skip) {
          const Json& expected = row["stream"][i];
          EXPECT_EQ(piece, expected.is_null() ? "" : expected.get<std::string>());
        }
        joined += piece;
      }
      joined += stream.finish();
      EXPECT_EQ(joined, tokenizer.decode(ids, skip));
    }
    streams += row.contains("stream");
  }
  EXPECT_GT(streams, 0u);
}

TEST_P(GoldenTokenizer, WritesTheFileItCameFrom) {
  const Tokenizer tokenizer = golden::tokenizer(GetParam());
  EXPECT_EQ(tokenizer_json(tokenizer.definition()), golden::text(GetParam() + ".tokenizer.json"));
}

TEST(Tokenizer, AddedTokenFlags) {
  const Tokenizer tokenizer = golden::tokenizer("gpt2_512_flags");
  for (const Json& row : golden::rows("gpt2_512_flags.goldens.jsonl")) {
    const auto ids = row["ids"].get<Ids>();
    EXPECT_EQ(tokenizer.encode(row["text"].get<std::string>(), Special::parse), ids) << row["text"];
    EXPECT_EQ(tokenizer.decode(ids), row["dec"].get<std::string>());
    EXPECT_EQ(tokenizer.decode(ids, true), row["dec_skip"].get<std::string>());
  }
}

TEST(Tokenizer, SpecialTokensAreSpelledOutUnlessAskedFor) {
  const Tokenizer tokenizer = golden::tokenizer("gpt2_512");
  for (const Json& row : golden::rows("gpt2_512_nospecial.goldens.jsonl"))
    EXPECT_EQ(tokenizer.encode(row["text"].get<std::string>(), Special::none), row["ids"].get<Ids>())
        << row["text"];
}

// Expects an error that names the file and holds `message`.
void expect_refused(const Json& file, ErrorCode code, const std::string& message) {
  try {
    Tokenizer::parse(file.dump(), "t.json");
    FAIL() << "accepted; wanted " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("t.json"));
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

Json small_file() { return parse_json(golden::text("gpt2_512.tokenizer.json"), "gpt2_512"); }

TEST(TokenizerFile, HostileIds) {
  const Json good = small_file();
  const auto with_id = [&](const char* token, Json id) {
    Json file = good;
    file["model"]["vocab"][token] = std::move(id);
    return file;
  };
  expect_refused(with_id("a", -1), ErrorCode::corrupt, "the id is -1");
  expect_refused(with_id("a", 1.5), ErrorCode::corrupt, "the id is 1.5");
  expect_refused(with_id("a", "7"), ErrorCode::corrupt, "want a whole number");
  expect_refused(with_id("a", uint64_t{1} << 63), ErrorCode::corrupt, "9223372036854775808");
  expect_refused(with_id("a", (1 << 20)), ErrorCode::corrupt, "1048576");
  expect_refused(with_id("a", 5000), ErrorCode::corrupt, "has id 5000 among 774 tokens");
  expect_refused(with_id("a", 71), ErrorCode::corrupt, "id 71 belongs to");
  expect_refused(with_id("new token", 773), ErrorCode::corrupt, "belongs to");
  expect_refused(with_id("", 774), ErrorCode::corrupt, "empty token");

  Json file = good;
  file["added_tokens"][0]["id"] = 900;
  expect_refused(file, ErrorCode::corrupt, "");  // "<|im_start|>" twice, and a hole below 900
  file = good;
  file["added_tokens"][0]["id"] = 7;
  expect_refused(file, ErrorCode::corrupt, "id 7 belongs to");
  file = good;
  file["added_tokens"].push_back({{"id", 780}, {"content", "<far>"}, {"special", true}});
  expect_refused(file, ErrorCode::corrupt, "id 774 has no token");
  for (const char* content : {"<x>", "<y>"})
    file["added_tokens"].push_back({{"id", 774}, {"content", content}, {"special", true}});
  expect_refused(file, ErrorCode::corrupt, "id 774 belongs to two added tokens");
  file = good;
  file["added_tokens"].push_back({{"id", 774}, {"content", std::string(5000, 'x')}, {"special", true}});
  expect_refused(file, ErrorCode::corrupt, "5000 bytes long");
}

TEST(TokenizerFile, HugeVocabulariesAreRefusedBeforeAnythingIsBuilt) {
  std::string text = R"({"model":{"type":"BPE","vocab":{)";
  for (size_t id = 0; id <= kVocabularyLimit; ++id)
    text += fmt::format("{}\"t{}\":{}", id ? "," : "", id, id);
  text += R"(},"merges":[]}})";
  try {
    Tokenizer::parse(text, "t.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("has 1048577 tokens; want 1 to 1048576"));
  }
}

TEST(TokenizerFile, BrokenMerges) {
  const Json good = small_file();
  const auto with_merge = [&](Json merge) {
    Json file = good;
    file["model"]["merges"].push_back(std::move(merge));
    return file;
  };
  expect_refused(with_merge("nospace"), ErrorCode::corrupt, "want two tokens with a space between");
  expect_refused(with_merge("a b c"), ErrorCode::corrupt, "want two tokens with a space between");
  expect_refused(with_merge(Json::array({"a"})), ErrorCode::corrupt, "want two tokens");
  expect_refused(with_merge(Json::array({"a", 3})), ErrorCode::corrupt, "want two tokens");
  expect_refused(with_merge(7), ErrorCode::corrupt, "want two tokens");
  expect_refused(with_merge("a nothere"), ErrorCode::corrupt, "\"nothere\" is not in the vocabulary");
  expect_refused(with_merge("q z"), ErrorCode::corrupt, "gives a token that is not in the vocabulary");
}

TEST(TokenizerFile, WhatCannotBeDoneExactlyIsRefusedByName) {
  const auto changed = [](const char* pointer, Json value) {
    Json file = small_file();
    file[Json::json_pointer(pointer)] = std::move(value);
    return file;
  };
  const auto unsupported = ErrorCode::unsupported;
  expect_refused(changed("/model/type", "WordPiece"), unsupported, "want \"BPE\"");
  expect_refused(changed("/model/dropout", 0.1), unsupported, "model.dropout");
  expect_refused(changed("/model/end_of_word_suffix", "</w>"), unsupported, "end_of_word_suffix");
  expect_refused(changed("/normalizer", {{"type", "Lowercase"}}), unsupported, "Lowercase");
  expect_refused(changed("/truncation", {{"max_length", 512}}), unsupported, "truncation");
  expect_refused(changed("/decoder", nullptr), unsupported, "decoder");
  expect_refused(changed("/decoder", {{"type", "Metaspace"}}), unsupported, "Metaspace");
  expect_refused(changed("/pre_tokenizer", nullptr), unsupported, "pre_tokenizer");
  expect_refused(changed("/pre_tokenizer", {{"type", "Whitespace"}}), unsupported, "Whitespace");
  expect_refused(changed("/pre_tokenizer/use_regex", false), unsupported, "use_regex");
  expect_refused(changed("/post_processor", {{"type", "BertProcessing"}}), unsupported, "BertProcessing");
  const Json split = {
      {"type", "Split"}, {"pattern", {{"Regex", "\\w+|\\s+"}}}, {"behavior", "Isolated"}, {"invert", false}};
  const Json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
  const Json sequence = {{"type", "Sequence"}, {"pretokenizers", Json::array({split, bytes})}};
  expect_refused(changed("/pre_tokenizer", sequence), unsupported, "gpt2, llama3, qwen2, qwen35, o200k");

  Json file = small_file();
  file["model"]["vocab"].erase("!");
  file["model"]["vocab"]["!!"] = 6;
  expect_refused(file, unsupported, "byte 0x21 (\"!\") has no token");
}

// Cut anywhere or with any byte changed, a file gives a tokenizer or one clear error.
TEST(TokenizerFile, TruncationsAndMutations) {
  const std::string good = golden::text("gpt2_512_flags.tokenizer.json");
  const auto try_parse = [](const std::string& text) {
    try {
      const Tokenizer tokenizer = Tokenizer::parse(text, "t.json");
      tokenizer.decode(tokenizer.encode("caff\u00e8 <mask> <|im_start|>user words\n", Special::parse));
      return true;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("t.json"));
      return false;
    }
  };
  for (size_t size = 0; size < good.size(); size += 97) EXPECT_FALSE(try_parse(good.substr(0, size))) << size;
  uint64_t state = 1;
  const auto random = [&] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
  size_t accepted = 0;
  for (int round = 0; round < 600; ++round) {
    std::string mutated = good;
    for (uint64_t i = 1 + random() % 3; i > 0; --i) {
      const size_t at = random() % mutated.size();
      switch (random() % 3) {
        case 0:
          mutated[at] = static_cast<char>(random());
          break;
        case 1:
          mutated.erase(at, 1 + random() % 8);
          break;
        default:
          mutated.insert(at, mutated.substr(random() % mutated.size(), random() % 16));
          break;
      }
    }
    accepted += try_parse(mutated);
  }
  EXPECT_LT(accepted, 600u);
}

TEST(TokenizerFile, BothFormsOfMergesAndSplitsAreOne) {
  const Tokenizer pairs = golden::tokenizer("llama3_2048");
  Json file = parse_json(pairs.file_bytes(), "llama3");
  for (Json& merge : file["model"]["merges"])
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  file["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "Removed";
  file["pre_tokenizer"]["pretokenizers"][0]["invert"] = true;
  const Tokenizer strings = Tokenizer::parse(file.dump(), "strings");
  EXPECT_EQ(tokenizer_json(strings.definition()), pairs.file_bytes());
}

TEST(TokenizerFile, TemplateIsAppliedWhenAskedFor) {
  Json file = small_file();
  const auto special = [](const char* id) { return Json{{"SpecialToken", {{"id", id}, {"type_id", 0}}}}; };
  const Json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const Json known = {
      {"<bos>", {{"id", "<bos>"}, {"ids", Json::array({3})}, {"tokens", Json::array({"<bos>"})}}},
      {"<eos>", {{"id", "<eos>"}, {"ids", Json::array({4})}, {"tokens", Json::array({"<eos>"})}}}};
  const Json post = {{"type", "TemplateProcessing"},
                     {"single", Json::array({special("<bos>"), text, special("<eos>")})},
                     {"pair", Json::array()},
                     {"special_tokens", known}};
  file["post_processor"] = {
      {"type", "Sequence"},
      {"processors", Json::array({{{"type", "ByteLevel"}, {"trim_offsets", false}}, post})}};
  const Tokenizer tokenizer = Tokenizer::parse(file.dump(), "t.json");
  const Ids plain = tokenizer.encode("ab");
  EXPECT_EQ(tokenizer.with_template(plain), (Ids{3, plain[0], 4}));
  const Tokenizer again = Tokenizer::parse(tokenizer_json(tokenizer.definition()), "again");
  EXPECT_EQ(again.with_template(plain), (Ids{3, plain[0], 4}));

  file["post_processor"] = post;
  file["post_processor"]["special_tokens"]["<eos>"]["ids"] = Json::array({774});
  expect_refused(file, ErrorCode::corrupt, "puts in id 774");
  file["post_processor"] = post;
  file["post_processor"]["single"].push_back(text);
  expect_refused(file, ErrorCode::unsupported, "one \"Sequence\"");
}

TEST(TokenizerFile, SaveAndLoadKeepTheBytes) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("bantam_tokenizer_test_{}", ::getpid());
  std::filesystem::remove_all(folder);
  const std::string spaced = small_file().dump(1);  // laid out as we would not
  Tokenizer::parse(spaced, "spaced").save(folder);
  const Tokenizer loaded = Tokenizer::load(folder);
  EXPECT_EQ(loaded.file_bytes(), spaced);
  EXPECT_EQ(loaded.sha256(), sha256_hex(spaced));
  EXPECT_EQ(loaded.sha256(), Tokenizer::load(folder / "tokenizer.json").sha256());
  std::filesystem::remove_all(folder);
  EXPECT_THROW(Tokenizer::load(folder), Error);
}

TEST(Tokenizer, KnowsItsTokens) {
  const Tokenizer tokenizer = golden::tokenizer("gpt2_512");
  EXPECT_EQ(tokenizer.vocab_size(), 774u);
  EXPECT_EQ(tokenizer.id_of("<|im_end|>"), 1);
  EXPECT_EQ(tokenizer.id_of("no such token"), std::nullopt);
  EXPECT_TRUE(tokenizer.is_special(1));
  EXPECT_FALSE(tokenizer.is_special(6));
  EXPECT_FALSE(tokenizer.is_special(-1));
  EXPECT_FALSE(tokenizer.is_special(774));
  const TokenId the = *tokenizer.id_of("Ġthe");
  EXPECT_EQ(tokenizer.token_bytes(the), " the");
  EXPECT_EQ(tokenizer.token(the), "Ġthe");
  EXPECT_EQ(tokenizer.token_bytes(774), "");
  EXPECT_THROW(tokenizer.token(774), Error);
  EXPECT_EQ(tokenizer.decode(Ids{the, 5000, -3, the}), " the the");
}

// A special token that the merges can make from text is spelled by its parts.
TEST(Tokenizer, MergesCannotMakeASpecialTokenFromText) {
  Json file = small_file();
  const TokenId the = file["model"]["vocab"]["the"].get<TokenId>();
  file["added_tokens"].push_back({{"id", the}, {"content", "the"}, {"special", true}});
  const Tokenizer tokenizer = Tokenizer::parse(file.dump(), "t.json");
  for (const std::string text : {"the", "other", "xthe the", "thethe"}) {
    const Ids ids = tokenizer.encode(text);
    EXPECT_EQ(std::count(ids.begin(), ids.end(), the), 0) << text;
    EXPECT_EQ(tokenizer.decode(ids), text);
  }
  EXPECT_EQ(tokenizer.encode("the", Special::parse), Ids{the});
}

TEST(Tokenizer, IndividualDigitsComeBeforeTheSplit) {
  Json file = small_file();
  const Json digits = {{"type", "Digits"}, {"individual_digits", true}};
  file["pre_tokenizer"] = {{"type", "Sequence"},
                           {"pretokenizers", Json::array({digits, file["pre_tokenizer"]})}};
  const Tokenizer tokenizer = Tokenizer::parse(file.dump(), "t.json");
  const auto tokens = [&](std::string_view text) {
    std::vector<std::string> list;
    for (const TokenId id : tokenizer.encode(text)) list.emplace_back(tokenizer.token_bytes(id));
    return list;
  };
  EXPECT_EQ(tokens("a  12\u00bd"), (std::vector<std::string>{"a", "  ", "1", "2", "\xC2", "\xBD"}));
  EXPECT_EQ(tokenizer_json(tokenizer.definition()),
            tokenizer_json(Tokenizer(tokenizer.definition()).definition()));
}

TEST(Tokenizer, BrokenUtf8IsReadAsReplacementCharacters) {
  const Tokenizer tokenizer = golden::tokenizer("qwen2_2048");
  for (const std::string text : {"a\x80z", "\xF0\x9F\x98", "\xFF\xFE caff\xE8", "\xED\xA0\x80"})
    EXPECT_EQ(tokenizer.encode(text), tokenizer.encode(repaired_utf8(text)));
}

TEST(Tokenizer, LongWordsTakeNoQuadraticTime) {
  const Tokenizer tokenizer = golden::tokenizer("llama3_2048");
  for (const std::string& text :
       {std::string(1000000, 'a'), std::string(1000000, ' '), std::string(1000000, '\n'),
        std::string(300000, '\xE3'), std::string(1000000, '<')}) {
    const Ids ids = tokenizer.encode(text);
    EXPECT_EQ(tokenizer.decode(ids), repaired_utf8(text));
  }
}

TEST_P(GoldenTokenizer, RoundTripsAnyText) {
  const Tokenizer tokenizer = golden::tokenizer(GetParam());
  for (const Json& row : golden::rows("splits.jsonl")) {
    const Json& text = row[tokenizer.definition().nfc ? "nfc" : "text"];
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text.get<std::string>())), text.get<std::string>());
  }
}

// Split in two at any byte, a text's tokens stream out as the same text.
TEST_P(GoldenTokenizer, StreamsAtEveryByteBoundary) {
  const Tokenizer tokenizer = golden::tokenizer(GetParam());
  const std::string text = "caff\u00e8 \u65e5\u672c\u8a9e \U0001F468\u200D\U0001F469 na\u00efve\n";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    DecodeStream stream(tokenizer);
    std::string joined;
    for (const char byte : text.substr(0, cut)) {
      const char one[] = {byte};
      const TokenId id = *tokenizer.id_of(spell_bytes({one, 1}));
      const std::string piece = stream.push(id);
      EXPECT_EQ(valid_utf8_prefix(piece), piece.size());
      joined += piece;
    }
    for (const TokenId id : tokenizer.encode(text.substr(cut))) joined += stream.push(id);
    joined += stream.finish();
    const bool inside = cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80;
    if (!inside) {
      EXPECT_EQ(joined, text);
    }
    EXPECT_EQ(valid_utf8_prefix(joined), joined.size());
  }
}

TEST(Tokenizer, EncodesFromManyThreadsAtOnce) {
  const Tokenizer tokenizer = golden::tokenizer("gpt2_4096");
  const std::vector<Json> rows = golden::rows("gpt2_4096.goldens.jsonl");
  set_thread_count(3);
  std::vector<uint8_t> equal(rows.size());
  parallel_for(rows.size(), [&](size_t i) {
    equal[i] =
        tokenizer.encode(rows[i]["text"].get<std::string>(), Special::parse) == rows[i]["ids"].get<Ids>();
  });
  EXPECT_EQ(std::count(equal.begin(), equal.end(), 1), static_cast<ptrdiff_t>(rows.size()));
}

}  // namespace
}  // namespace bantam
