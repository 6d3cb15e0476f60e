#include "text/unicode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include "golden.h"

namespace bantam {
namespace {

std::string utf8(std::u32string_view codes) {
  std::string text;
  for (const char32_t code : codes) append_utf8(text, code);
  return text;
}

size_t count_with(uint8_t bit) {
  size_t count = 0;
  for (char32_t code = 0; code < 0x110000; ++code) count += (char_classes()[code] & bit) != 0;
  return count;
}

TEST(CharClasses, HaveTheSizesOfUnicode16) {
  EXPECT_EQ(count_with(kLetter), 141028u);
  EXPECT_EQ(count_with(kNumber), 1911u);
  EXPECT_EQ(count_with(kMark), 2501u);
  EXPECT_EQ(count_with(kSpace), 25u);
  EXPECT_EQ(count_with(kWord), 144667u);
}

TEST(CharClasses, EqualTheGoldenRangesWhereTheyAreAtHand) {
  const std::filesystem::path file =
      std::filesystem::path(BANTAM_SOURCE_DIR) / "../shared/golden/tok/unicode_classes.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  const Json classes = read_json(file);
  const std::pair<const char*, uint8_t> names[] = {
      {"L", kLetter}, {"N", kNumber}, {"M", kMark}, {"s", kSpace}, {"Ll", kLower}};
  for (const auto& [name, bit] : names) {
    std::vector<bool> expected(0x110000);
    for (const Json& range : classes[name]["onig"])
      for (auto code = range[0].get<uint32_t>(); code <= range[1].get<uint32_t>(); ++code)
        expected[code] = true;
    size_t different = 0;
    for (uint32_t code = 0; code < 0x110000; ++code)
      different += expected[code] != ((char_classes()[code] & bit) != 0);
    EXPECT_EQ(different, 0u) << name;
  }
}

TEST(Utf8, EveryCodePointGoesThereAndBack) {
  for (char32_t code = 0; code < 0x110000; ++code) {
    std::string text;
    append_utf8(text, code);
    const Utf8Char read = utf8_char(text.data());
    ASSERT_EQ(read.code, code);
    ASSERT_EQ(read.bytes, text.size());
    ASSERT_EQ(utf8_before(text.data() + text.size()), text.data());
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    ASSERT_EQ(valid_utf8_prefix(text), surrogate ? 0 : text.size());
  }
}

// Table 3-8 and the examples of the WHATWG encoding standard, with what Python's errors="replace" gives.
TEST(Utf8, BrokenTextIsReplacedByMaximalSubparts) {
  const std::pair<std::string, std::u32string> cases[] = {
      {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", U"a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd"},
      {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", U"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA"},
      {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", U"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA"},
      {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", U"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD\uFFFDB"},
      {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", U"\uFFFD\uFFFD\uFFFD\uFFFDA"},
      {"\xF0\x9F\x98", U"\uFFFD"},
      {"", U""},
  };
  for (const auto& [broken, repaired] : cases) {
    size_t replaced = 0;
    EXPECT_EQ(repaired_utf8(broken, &replaced), utf8(repaired));
    EXPECT_EQ(replaced, static_cast<size_t>(std::count(repaired.begin(), repaired.end(), U'\uFFFD')));
  }
}

TEST(Utf8, RepairInPiecesIsRepairAtOnce) {
  std::mt19937 random(3);
  const std::string bytes("a\x80\xBF\xC2\xE0\xA0\xED\x9F\xF0\x90\xF4\x8F\xFF\xE2\x82\xAC", 16);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (size_t i = random() % 24; i > 0; --i) text += bytes[random() % bytes.size()];
    Utf8Repair repair;
    std::string out;
    size_t replaced = 0, expected_replaced = 0;
    for (size_t at = 0; at < text.size();) {
      const size_t take = 1 + random() % 5;
      replaced += repair.push(std::string_view(text).substr(at, take), out);
      at += take;
    }
    replaced += repair.finish(out);
    EXPECT_EQ(out, repaired_utf8(text, &expected_replaced));
    EXPECT_EQ(replaced, expected_replaced);
    EXPECT_EQ(valid_utf8_prefix(out), out.size());
  }
}

TEST(Nfc, EqualsHuggingFace) {
  for (const Json& row : golden::rows("splits.jsonl"))
    EXPECT_EQ(nfc(row["text"].get<std::string>()), row["nfc"].get<std::string>()) << row;
}

TEST(Nfc, ClassicCases) {
  const std::pair<std::u32string, std::u32string> cases[] = {
      {U"e\u0301", U"\u00E9"},
      {U"\u0065\u0301\u0327", U"\u0229\u0301"},   // the cedilla sorts before the acute
      {U"\u212B\u2126\u212A", U"\u00C5\u03A9K"},  // singletons
      {U"\u1100\u1161\u11A8", U"\uAC01"},         // Hangul
      {U"\uAC00\u11A8\u11A8", U"\uAC01\u11A8"},
      {U"\u0958", U"\u0915\u093C"},  // excluded from composition
      {U"\u0301a", U"\u0301a"},      // a mark without a base
      {U"a\u0315\u0300\u05AE\u0062", U"\u00E0\u05AE\u0315b"},
      {U"", U""},
  };
  for (const auto& [from, to] : cases) EXPECT_EQ(nfc(utf8(from)), utf8(to));
}

TEST(Nfc, IsIdempotentAndLinearInTheNumberOfMarks) {
  std::u32string marks = U"a";
  for (int i = 0; i < 100000; ++i) marks += i % 2 ? U'\u0301' : U'\u0327';
  const std::string once = nfc(utf8(marks));
  EXPECT_EQ(nfc(once), once);
  for (const Json& row : golden::rows("splits.jsonl")) {
    const std::string composed = nfc(row["text"].get<std::string>());
    EXPECT_EQ(nfc(composed), composed);
    if (surely_nfc(row["text"].get<std::string>())) {
      EXPECT_EQ(composed, row["text"].get<std::string>());
    }
  }
}

// All of Unicode's own tests hold, but for texts with the marks that Hugging Face, on older tables, leaves in
// place.
TEST(Nfc, NormalizationTestOfUnicodeWhereItIsAtHand) {
  const std::filesystem::path shared = std::filesystem::path(BANTAM_SOURCE_DIR) / "../shared";
  const std::filesystem::path file = shared / "data/unicode/NormalizationTest.txt.xz";
  const std::filesystem::path tables = shared / "golden/tok/nfc_tables.json";
  if (!std::filesystem::exists(file) || !std::filesystem::exists(tables))
    GTEST_SKIP() << shared << " is not there";
  std::set<char32_t> left_in_place;
  const Json nfc_data = read_json(tables);
  for (const Json& code : nfc_data["hugging_face_class_0"])
    left_in_place.insert(static_cast<char32_t>(std::stoul(code.get<std::string>(), nullptr, 16)));
  CompressedReader reader(file);
  LineReader lines(reader, 1 << 20);
  size_t passed = 0;
  for (LineReader::Line line; lines.next(line);) {
    if (line.text.empty() || line.text[0] == '#' || line.text[0] == '@') continue;
    std::string columns[3];
    bool differs = false;
    const char* p = line.text.data();
    for (std::string& column : columns) {
      for (; *p != ';'; p += *p == ' ') {
        char* next;
        const auto code = static_cast<char32_t>(std::strtoul(p, &next, 16));
        append_utf8(column, code);
        differs = differs || left_in_place.contains(code);
        p = next;
      }
      ++p;
    }
    if (differs) continue;
    for (const std::string& column : columns) ASSERT_EQ(nfc(column), columns[1]) << line.text;
    ++passed;
  }
  EXPECT_GT(passed, 18000u);
}

}  // namespace
}  // namespace bantam
