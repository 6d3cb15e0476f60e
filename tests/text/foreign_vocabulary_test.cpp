#include "text/foreign_vocabulary.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "base/file.h"
#include "golden.h"
#include "temporary_folder.h"
#include "text/vocabulary_lines.h"

namespace bantam {
namespace {

using testing::HasSubstr;
using Ids = std::vector<TokenId>;

const std::vector<std::string> kSpecials = {"<|im_start|>=0", "<|im_end|>=1", "<think>=2",
                                            "<bos>=3",        "<eos>=4",      "<pad>=5"};

// Rank files of tokenizers whose ids Hugging Face gave; they leave the first ids to special tokens.
TEST(Tiktoken, RankFilesGiveTheIdsOfTheTokenizersTheyWereMadeFrom) {
  const std::pair<const char*, Split> cases[] = {{"gpt2_512", Split::gpt2}, {"llama3_2048", Split::llama3}};
  for (const auto& [name, split] : cases) {
    const Tokenizer tokenizer =
        tiktoken_tokenizer(golden::text(std::string(name) + ".tiktoken"), name, split, kSpecials);
    size_t texts = 0;
    for (const Json& row : golden::rows(std::string(name) + ".goldens.jsonl")) {
      EXPECT_EQ(tokenizer.encode(row["text"].get<std::string>(), Special::parse), row["ids"].get<Ids>())
          << name << " " << row["i"];
      ++texts;
    }
    EXPECT_EQ(texts, 677u);
    EXPECT_EQ(Tokenizer::parse(tokenizer.file_bytes(), "again").encode("some words"),
              tokenizer.encode("some words"));
  }
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < bytes.size() ? static_cast<uint8_t>(bytes[at + i]) : 0u);
    for (size_t i = 0; i < 4; ++i) out += at + i > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * i) & 63];
  }
  return out;
}

std::string rank_file(const std::vector<std::string>& more) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte)
    text += fmt::format("{} {}\n", base64(std::string(1, char(byte))), byte);
  for (size_t i = 0; i < more.size(); ++i) text += fmt::format("{} {}\n", base64(more[i]), 256 + i);
  return text;
}

// What tiktoken does with a word: the lowest rank of two joined neighbours, leftmost first.
Ids by_rank(const std::map<std::string, TokenId>& ranks, const std::string& word) {
  if (const auto whole = ranks.find(word); whole != ranks.end()) return {whole->second};
  std::vector<std::string> parts;
  for (const char c : word) parts.emplace_back(1, c);
  for (;;) {
    size_t best = 0;
    TokenId lowest = INT32_MAX;
    for (size_t i = 0; i + 1 < parts.size(); ++i)
      if (const auto found = ranks.find(parts[i] + parts[i + 1]);
          found != ranks.end() && found->second < lowest)
        lowest = found->second, best = i;
    if (lowest == INT32_MAX) break;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<ptrdiff_t>(best) + 1);
  }
  Ids ids;
  for (const std::string& part : parts) ids.push_back(ranks.at(part));
  return ids;
}

// Ranks in no order that learning would give: a token may be made in several ways, or of parts that come after it.
TEST(Tiktoken, MergesGoByTheRankOfWhatTheyMake) {
  uint64_t state = 5;
  const auto random = [&](uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  for (int round = 0; round < 30; ++round) {
    std::map<std::string, TokenId> ranks;
    for (int byte = 0; byte < 256; ++byte) ranks.emplace(std::string(1, char(byte)), byte);
    std::vector<std::string> more;
    while (more.size() < 40) {
      std::string token;
      for (uint64_t size = 2 + random(4); size > 0; --size) token += static_cast<char>('a' + random(4));
      if (ranks.emplace(token, static_cast<TokenId>(256 + more.size())).second) more.push_back(token);
    }
    const Tokenizer tokenizer = tiktoken_tokenizer(rank_file(more), "ranks", Split::gpt2, {});
    for (int word = 0; word < 60; ++word) {
      std::string text;
      for (uint64_t size = 1 + random(word < 50 ? 12 : 90); size > 0; --size)
        text += static_cast<char>('a' + random(4));
      EXPECT_EQ(tokenizer.encode(text), by_rank(ranks, text)) << text;
    }
  }
}

TEST(Tiktoken, SpecialTokensFillHolesAndHolesGetNames) {
  const Tokenizer tokenizer = tiktoken_tokenizer(rank_file({"ab"}) + base64("abc") + " 258\n", "r",
                                                 Split::gpt2, {"<a>", "<b>=261", "<c>"});
  EXPECT_EQ(tokenizer.id_of("<a>"), 257);
  EXPECT_EQ(tokenizer.id_of("<b>"), 261);
  EXPECT_EQ(tokenizer.id_of("<c>"), 259);
  EXPECT_EQ(tokenizer.id_of("<unused 260>"), 260);
  EXPECT_EQ(tokenizer.encode("abc<b>", Special::parse), (Ids{258, 261}));
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("<unused 260><b>", Special::parse)), "<unused 260><b>");
  for (const TokenId id : tokenizer.encode("<unused 260>", Special::parse)) EXPECT_NE(id, 260);
}

void expect_error(ErrorCode code, const char* message, const std::function<void()>& body) {
  try {
    body();
    FAIL() << "accepted; wanted " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

TEST(Tiktoken, HostileFiles) {
  const auto refused = [](const std::string& lines, ErrorCode code, const char* message) {
    expect_error(code, message, [&] { tiktoken_tokenizer(rank_file({}) + lines, "r", Split::gpt2, {}); });
  };
  refused("YWI= 256x\n", ErrorCode::corrupt, "r:257: is \"YWI= 256x\"");
  refused("YWI= -1\n", ErrorCode::corrupt, "r:257");
  refused("YWI 256\n", ErrorCode::corrupt, "r:257");
  refused("Y*I= 256\n", ErrorCode::corrupt, "r:257");
  refused("= 256\n", ErrorCode::corrupt, "r:257");
  refused("YWI=\n", ErrorCode::corrupt, "r:257");
  refused("YWI= 255\n", ErrorCode::corrupt, "id 255 has a token already");
  refused("YQ== 256\n", ErrorCode::corrupt, "the same token as in line 98");
  refused("YWI= 1048576\n", ErrorCode::corrupt, "the id is 1048576");
  refused("YWI= 99999999999999999999999\n", ErrorCode::corrupt, "r:257");
  refused(base64(std::string(1025, 'a')) + " 256\n", ErrorCode::corrupt, "1025 bytes");
  const std::string lacking = rank_file({}).substr(rank_file({}).find('\n') + 1);
  expect_error(ErrorCode::unsupported, "byte 0x00",
               [&] { tiktoken_tokenizer(lacking, "r", Split::gpt2, {}); });
  expect_error(ErrorCode::usage, "belongs to the token",
               [&] { tiktoken_tokenizer(rank_file({}), "r", Split::gpt2, {"<x>=7"}); });
  expect_error(ErrorCode::usage, "want an id from 0",
               [&] { tiktoken_tokenizer(rank_file({}), "r", Split::gpt2, {"<x>=1048576"}); });
}

std::string world(const std::string& more) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte)
    text += byte < 0x80 ? fmt::format("{} '\\x{:02x}' 1\n", byte + 1, byte)
                        : fmt::format("{} b'\\x{:02x}' 1\n", byte + 1, byte);
  return text + more;
}

TEST(RwkvWorld, TakesTheLongestTokenAtEachPlace) {
  const Tokenizer tokenizer =
      rwkv_world_tokenizer(world("257 'ab' 2\n258 'abcd' 4\n259 \"it's\" 4\n260 'caf\\xe9' 5\n"
                                 "261 '\\u65e5' 3\n262 b'\\xe6\\x97' 2\n263 ' \\n\\\\' 3\n"
                                 "300 '\u8a9e' 3\n"),
                           "w");
  EXPECT_EQ(tokenizer.vocab_size(), 301u);
  EXPECT_EQ(tokenizer.encode("abcabcd"), (Ids{257, 'c' + 1, 258}));
  EXPECT_EQ(tokenizer.encode("it's caf\u00e9"), (Ids{259, ' ' + 1, 260}));
  EXPECT_EQ(tokenizer.encode("\u65e5\u672c\u65e6"), (Ids{261, 0xE6 + 1, 0x9C + 1, 0xAC + 1, 262, 0xA6 + 1}));
  EXPECT_EQ(tokenizer.encode(" \n\\\u8a9e"), (Ids{263, 300}));
  EXPECT_EQ(tokenizer.encode("a<|endoftext|>", Special::parse), (Ids{'a' + 1, 0}));
  const std::string text = "abcab it's\n\\ caf\u00e9 \u65e5\u8a9e \U0001F600\u0000";
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
  EXPECT_EQ(Tokenizer::parse(tokenizer.file_bytes(), "again").encode(text), tokenizer.encode(text));
}

TEST(RwkvWorld, HostileFiles) {
  const auto refused = [](const std::string& line, const char* message) {
    expect_error(ErrorCode::corrupt, message, [&] { rwkv_world_tokenizer(world(line), "w"); });
  };
  for (const char* line : {"257 'ab 2\n", "257 ab 2\n", "257 'ab'\n", "x 'ab' 2\n", "257 'a'b' 3\n",
                           "257 '\\q' 1\n", "257 '\\x1' 1\n", "257 '\\xg0' 1\n", "257 '\\ud800' 3\n",
                           "257 '\\U00110000' 4\n", "257 'ab\\' 3\n", "257 ' 1\n", "-1 'ab' 2\n"})
    refused(line, "w:257: is");
  refused("257 'ab' 3\n", "the token has 2 bytes, the line says 3");
  refused("257 '' 0\n", "a token of 0 bytes");
  refused("256 'ab' 2\n", "id 256 has a token already");
  refused("257 'a' 1\n", "the same token as in line 98");
  refused("1048576 'ab' 2\n", "the id is 1048576");
  refused("0 'ab' 2\n", "id 0 has a token");
}

TEST(ForeignVocabulary, TellsTheFilesApart) {
  TemporaryFolder folder;
  const Tokenizer ours = golden::tokenizer("gpt2_512");
  const Json file = parse_json(ours.file_bytes(), "t");
  std::string merges = "#version: 0.2\n";
  for (const Json& merge : file["model"]["merges"])
    merges += merge[0].get<std::string>() + " " + merge[1].get<std::string>() + "\n";
  std::filesystem::create_directories(folder / "pair");
  folder.write("pair/vocab.json", file["model"]["vocab"].dump());
  expect_error(ErrorCode::not_found, "neither vocab.bpe nor merges.txt",
               [&] { read_foreign_tokenizer(folder / "pair", {}); });
  folder.write("pair/merges.txt", merges);
  const Tokenizer pair = read_foreign_tokenizer(folder / "pair", {{}, {"<eos>"}});
  EXPECT_EQ(pair.encode("the pair of files<eos>", Special::parse),
            ours.encode("the pair of files<eos>", Special::parse));
  expect_error(ErrorCode::usage, "is not in the vocabulary", [&] {
    read_foreign_tokenizer(folder / "pair", {{}, {"<no>"}});
  });
  folder.write("pair/merges.txt", merges + "one\n");
  expect_error(ErrorCode::corrupt, "want two tokens", [&] { read_foreign_tokenizer(folder / "pair", {}); });

  folder.write("own.tiktoken", rank_file({"ab"}));
  expect_error(ErrorCode::usage, "give --split",
               [&] { read_foreign_tokenizer(folder / "own.tiktoken", {}); });
  EXPECT_EQ(read_foreign_tokenizer(folder / "own.tiktoken", {Split::gpt2, {}}).id_of("<|endoftext|>"), 257);
  folder.write("cl100k_base.tiktoken", rank_file({"ab"}));
  const Tokenizer known = read_foreign_tokenizer(folder / "cl100k_base.tiktoken", {});
  EXPECT_EQ(known.definition().split, Split::llama3);
  EXPECT_EQ(known.id_of("<|endofprompt|>"), 100276);
  folder.write("world.txt", world(""));
  EXPECT_EQ(read_foreign_tokenizer(folder / "world.txt", {}).vocab_size(), 257u);
  expect_error(ErrorCode::usage, "without a split", [&] {
    read_foreign_tokenizer(folder / "world.txt", {Split::gpt2, {}});
  });
  for (const auto& [content, message] :
       std::map<std::string, const char*>{{"#version: 0.2\ni n</w>\n", "lower-cases"},
                                          {"\"bpe.txt#version: 0.2\ni n</w>\n", "lower-cases"},
                                          {"#version: 0.2\ni n\n", "merges alone"},
                                          {"[PAD]\n[UNK]\n", "WordPiece"},
                                          {"", "none of the vocabularies"},
                                          {"\xFF\xFE 1", "none of the vocabularies"}}) {
    folder.write("other.txt", content);
    expect_error(ErrorCode::unsupported, message, [&] { read_foreign_tokenizer(folder / "other.txt", {}); });
  }
}

// Cut anywhere or with any byte changed, a file gives a tokenizer or one clear error.
TEST(ForeignVocabulary, TruncationsAndMutations) {
  uint64_t state = 3;
  const auto random = [&] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
  const std::string ranks = rank_file({"ab", "abc"}), lines = world("257 'ab' 2\n258 \"it's\" 4\n");
  size_t refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string mutated = round % 2 ? ranks : lines;
    mutated[random() % mutated.size()] = static_cast<char>(random());
    if (round % 5 == 0) mutated.resize(random() % mutated.size());
    try {
      const Tokenizer tokenizer =
          round % 2 ? tiktoken_tokenizer(mutated, "m", Split::gpt2, {}) : rwkv_world_tokenizer(mutated, "m");
      EXPECT_EQ(tokenizer.decode(tokenizer.encode("abc it's")), "abc it's");
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("m:"));
      ++refused;
    }
  }
  EXPECT_GT(refused, 200u);
}

}  // namespace
}  // namespace bantam
