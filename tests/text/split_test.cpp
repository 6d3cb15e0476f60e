#include "text/split.h"

#include <gtest/gtest.h>

#include "golden.h"

namespace bantam {
namespace {

std::vector<size_t> piece_sizes(Split split, std::string_view text) {
  std::vector<size_t> sizes;
  for_each_piece(split, text, [&](std::string_view piece) { sizes.push_back(piece.size()); });
  return sizes;
}

TEST(Split, EqualsTheRegexEngine) {
  for (const Json& row : golden::rows("splits.jsonl")) {
    const auto text = row["text"].get<std::string>();
    for (const std::string_view name : split_names())
      EXPECT_EQ(piece_sizes(*split_named(name), text), row[std::string(name)].get<std::vector<size_t>>())
          << name << " " << row["text"];
  }
}

TEST(Split, PiecesOfExamples) {
  const auto pieces = [](Split split, std::string_view text) {
    std::vector<std::string> list;
    for_each_piece(split, text, [&](std::string_view piece) { list.emplace_back(piece); });
    return list;
  };
  using Pieces = std::vector<std::string>;
  EXPECT_EQ(pieces(Split::gpt2, "I'll  say \"hi\" 12345\n\n"),
            (Pieces{"I", "'ll", " ", " say", " \"", "hi", "\"", " 12345", "\n\n"}));
  EXPECT_EQ(pieces(Split::llama3, "I'LL  say \"hi\" 12345!\n\n x"),
            (Pieces{"I", "'LL", " ", " say", " \"", "hi", "\"", " ", "123", "45", "!\n\n", " x"}));
  EXPECT_EQ(pieces(Split::qwen2, "a 12"), (Pieces{"a", " ", "1", "2"}));
  EXPECT_EQ(pieces(Split::o200k, "HTTPServer's camelCase"), (Pieces{"HTTPServer's", " camel", "Case"}));
}

TEST(Split, NamesAndPatternsGoThereAndBack) {
  for (const std::string_view name : split_names()) {
    const Split split = *split_named(name);
    EXPECT_EQ(split_name(split), name);
    EXPECT_EQ(split_of_pattern(split_pattern(split)), split);
  }
  EXPECT_FALSE(split_named("gpt3"));
  EXPECT_FALSE(split_of_pattern("\\s+"));
}

// The pieces on both sides of a safe cut are the pieces of the whole text, and so is their composition.
TEST(SafeCut, ChangesNoPiece) {
  size_t cuts = 0;
  for (const Json& row : golden::rows("splits.jsonl")) {
    const auto text = row["text"].get<std::string>();
    for (size_t cut = safe_cut(text, 0); cut < text.size(); cut = safe_cut(text, cut + 1)) {
      const std::string_view left = std::string_view(text).substr(0, cut),
                             right = std::string_view(text).substr(cut);
      EXPECT_EQ(nfc(left) + nfc(right), nfc(text)) << row["text"] << cut;
      for (const std::string_view name : split_names()) {
        const Split split = *split_named(name);
        std::vector<size_t> sizes = piece_sizes(split, left);
        for (const size_t size : piece_sizes(split, right)) sizes.push_back(size);
        EXPECT_EQ(sizes, piece_sizes(split, text)) << name << " " << row["text"] << " at " << cut;
      }
      ++cuts;
    }
  }
  EXPECT_GT(cuts, 1000u);
}

TEST(SafeCut, FindsNoneInsideOneWord) {
  EXPECT_EQ(safe_cut("abcdef", 0), std::string_view::npos);
  EXPECT_EQ(safe_cut("", 0), std::string_view::npos);
  EXPECT_EQ(safe_cut("ab cd", 0), 2u);
  EXPECT_EQ(safe_cut("ab cd", 2), 2u);
  EXPECT_EQ(safe_cut("ab cd", 3), std::string_view::npos);
}

}  // namespace
}  // namespace bantam
