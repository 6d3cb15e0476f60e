#include "formats/compressed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/random.h"
#include "compress.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using testing::HasSubstr;

constexpr Compression kAll[] = {Compression::none, Compression::gzip, Compression::xz, Compression::zstd};

std::string sample_text(size_t bytes) {
  std::string text;
  Random random(7, "sample");
  while (text.size() < bytes) text += fmt::format("line {} of it\n", random.below(1000));
  text.resize(bytes);
  return text;
}

std::string read_all(CompressedReader& reader, size_t piece) {
  std::string text, buffer(piece, '\0');
  while (const size_t bytes = reader.read(buffer)) text.append(buffer, 0, bytes);
  return text;
}

class Compressed : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& content, const std::string& name = "x") {
    return folder_.write(name, content);
  }
  std::string error_of(const std::string& content, const std::string& name = "x") {
    try {
      CompressedReader reader(file(content, name));
      read_all(reader, 4096);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(name));
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder_;
};

TEST_F(Compressed, ReadsEveryKindInAnyPieces) {
  for (const Compression compression : kAll)
    for (const size_t size : {size_t{0}, size_t{1}, size_t{1000}, size_t{262'144}, size_t{1'000'003}}) {
      if (size == 0 && compression == Compression::none) continue;
      const std::string text = sample_text(size), stored = compress(compression, text);
      const auto path = file(stored);
      for (const size_t piece : {size_t{1} + size / 50, size_t{4096}, size_t{1} << 21}) {
        CompressedReader reader(path);
        EXPECT_EQ(reader.compression(), compression);
        EXPECT_TRUE(reader.peek(piece) == text.substr(0, piece));
        EXPECT_TRUE(read_all(reader, piece) == text) << name_of(compression) << " " << size << " " << piece;
        EXPECT_EQ(reader.file_position(), stored.size());
        EXPECT_EQ(reader.file_bytes(), stored.size());
        EXPECT_EQ(reader.sha256(), sha256_hex(stored));
      }
    }
}

TEST_F(Compressed, ReadsMembersInARow) {
  const std::string a = sample_text(300'000), b = "second\n", c = sample_text(500);
  for (const Compression compression : {Compression::gzip, Compression::xz, Compression::zstd}) {
    CompressedReader reader(file(compress(compression, a) + compress(compression, "") +
                                 compress(compression, b) + compress(compression, c)));
    EXPECT_TRUE(read_all(reader, 1000) == a + b + c) << name_of(compression);
  }
  const std::string skippable("\x53\x2a\x4d\x18\x03\0\0\0abc", 11);
  CompressedReader reader(file(skippable + zstd(b)));
  EXPECT_EQ(read_all(reader, 10), b);
}

TEST_F(Compressed, EveryTruncationIsAnError) {
  const std::string text = sample_text(600);
  for (const Compression compression : {Compression::gzip, Compression::xz, Compression::zstd}) {
    const std::string stored = compress(compression, text), twice = stored + stored;
    for (size_t size = 0; size < twice.size(); ++size) {
      if (size == stored.size() || size < 6) continue;
      EXPECT_THAT(error_of(twice.substr(0, size)), HasSubstr("x: its "))
          << name_of(compression) << " " << size;
    }
    EXPECT_NE(error_of(stored + "garbage"), "") << name_of(compression);
  }
}

TEST_F(Compressed, EveryFlippedBitIsAnErrorOrTheSameText) {
  const std::string text = sample_text(300);
  for (const Compression compression : {Compression::gzip, Compression::xz, Compression::zstd}) {
    const std::string stored = compress(compression, text);
    for (size_t bit = 0; bit < stored.size() * 8; ++bit) {
      std::string damaged = stored;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      try {
        CompressedReader reader(file(damaged));
        if (reader.compression() != compression) continue;  // the magic was hit: it is another file now
        EXPECT_EQ(read_all(reader, 100), text) << name_of(compression) << " bit " << bit;
      } catch (const Error&) {
      }
    }
  }
}

TEST_F(Compressed, TheNameMustNotLie) {
  EXPECT_THAT(error_of("plain text", "x.jsonl.gz"), HasSubstr("named .gz but"));
  EXPECT_THAT(error_of(gzip("text"), "x.xz"), HasSubstr("named .xz but"));
  EXPECT_THAT(error_of("", "x.zst"), HasSubstr("named .zst but"));
  EXPECT_THAT(error_of("BZh91AY", "x.bz2"), HasSubstr(".bz2 files are not read"));
  EXPECT_EQ(error_of(gzip("text"), "x.jsonl"), "");
  EXPECT_EQ(without_compression_suffix("a/b.jsonl.zst"), "a/b.jsonl");
  EXPECT_EQ(without_compression_suffix("a/b.txt"), "a/b.txt");
  EXPECT_THROW(CompressedReader(folder_ / "missing"), Error);
  EXPECT_THROW(CompressedReader(folder_.path()), Error);
}

TEST_F(Compressed, ABombCostsTimeButNoMemory) {
  const std::string zeros(64 << 20, '\0');
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    const std::string bomb = compress(compression, zeros);
    EXPECT_LT(bomb.size(), 70'000u);
    CompressedReader reader(file(bomb));
    LineReader lines(reader, 1000);
    LineReader::Line line;
    ASSERT_TRUE(lines.next(line));
    EXPECT_TRUE(line.too_long);
    EXPECT_LE(line.text.size(), 1000u);
    EXPECT_FALSE(lines.next(line));
  }
}

std::vector<std::string> lines_of(const std::filesystem::path& path, size_t longest) {
  CompressedReader reader(path);
  LineReader lines(reader, longest);
  std::vector<std::string> found;
  LineReader::Line line;
  while (lines.next(line))
    found.push_back(fmt::format("{}@{}{}{}", line.number, line.offset, line.too_long ? "!" : ":", line.text));
  return found;
}

TEST_F(Compressed, Lines) {
  using testing::ElementsAre;
  EXPECT_THAT(lines_of(file("a\r\n\nbc\n"), 10), ElementsAre("1@0:a", "2@3:", "3@4:bc"));
  EXPECT_THAT(lines_of(file("a\n\rb"), 10), ElementsAre("1@0:a", "2@2:\rb"));
  EXPECT_THAT(lines_of(file("\n"), 10), ElementsAre("1@0:"));
  EXPECT_THAT(lines_of(file(""), 10), ElementsAre());
  EXPECT_THAT(lines_of(file("12345\r\n123456\n12345"), 5),
              ElementsAre("1@0:12345", "2@7!12345", "3@14:12345"));
  // Around the reader's own buffer: long lines, kept and passed over, then a short one.
  for (const size_t longest : {size_t{262'143}, size_t{262'144}, size_t{600'000}}) {
    const std::string text = std::string(longest, 'a') + "\r\n" + std::string(longest + 1, 'b') + "\nend";
    const auto found = lines_of(file(text), longest);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].size(), 4 + longest);
    EXPECT_EQ(found[1].substr(0, 12), fmt::format("2@{}!bbbbbbbb", longest + 2).substr(0, 12));
    EXPECT_EQ(found[2], fmt::format("3@{}:end", 2 * longest + 4));
  }
}

}  // namespace
}  // namespace bantam
