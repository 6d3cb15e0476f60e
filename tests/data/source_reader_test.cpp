#include "data/source_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "compress.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using testing::ElementsAre;

class Sources : public testing::Test {
 protected:
  // Units as "line:text", "+" where a document goes on, "!" where the line was too long.
  std::vector<std::string> units(const std::string& content, const SourceReader::Options& options,
                                 const std::string& name = "x.txt") {
    SourceReader reader(folder_.write(name, content), options);
    std::vector<std::string> found;
    TextUnit unit;
    while (reader.next(unit))
      found.push_back(fmt::format("{}{}:{}{}{}", unit.begins ? "" : "+", unit.line, unit.text,
                                  unit.ends ? "" : "+", unit.line_too_long ? "!" : ""));
    EXPECT_EQ(reader.sha256(), sha256_hex(content));
    return found;
  }
  TemporaryFolder folder_;
};

TEST_F(Sources, AFileIsADocument) {
  EXPECT_THAT(units("one\r\ntwo\n", {}), ElementsAre("1:one\r\ntwo\n"));
  EXPECT_THAT(units("\xef\xbb\xbfone", {}), ElementsAre("1:one"));
  EXPECT_THAT(units("", {}), ElementsAre());
  EXPECT_THAT(units(gzip("one\n"), {}, "x.txt.gz"), ElementsAre("1:one\n"));
}

TEST_F(Sources, ALongDocumentComesInPartsThatEndWithLines) {
  EXPECT_THAT(units("one\ntwo\n\nthree\nfour", {.part_bytes = 12}),
              ElementsAre("1:one\ntwo\n\n+", "+4:three\nfour"));
  EXPECT_THAT(units("one two three four", {.part_bytes = 10}),
              ElementsAre("1:one two+", "+1: three+", "+1: four"));
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += i % 7 == 3 ? "a line\n" : i % 11 == 5 ? "è" : "word ";
  SourceReader reader(folder_.write("long.txt", text), {.part_bytes = 1000});
  std::string joined;
  TextUnit unit;
  size_t parts = 0;
  for (bool begins = true; reader.next(unit); begins = false, ++parts) {
    EXPECT_EQ(unit.begins, begins);
    EXPECT_LE(unit.text.size(), 1001u);
    EXPECT_EQ(unit.line, 1 + static_cast<uint64_t>(std::count(joined.begin(), joined.end(), '\n')));
    joined += unit.text;
  }
  EXPECT_TRUE(unit.ends);
  EXPECT_TRUE(joined == text);
  EXPECT_GT(parts, text.size() / 1001);
}

TEST_F(Sources, APartNeverCutsACharacter) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "\xf0\x9f\x90\x93";
  SourceReader reader(folder_.write("x.txt", text), {.part_bytes = 1001});
  std::string joined;
  TextUnit unit;
  while (reader.next(unit)) {
    EXPECT_EQ(unit.text.size() % 4, 0u);
    joined += unit.text;
  }
  EXPECT_TRUE(joined == text);
}

TEST_F(Sources, LinesAndJsonl) {
  const SourceReader::Options lines{.documents = DocumentRule::line, .longest_line = 5};
  EXPECT_THAT(units("one\r\n \n\ntwo\n123456\nend", lines),
              ElementsAre("1:one", "4:two", "5:12345!", "6:end"));
  EXPECT_THAT(units("\xef\xbb\xbf{\"text\":1}\n\n{}\n", {}, "x.jsonl"),
              ElementsAre("1:{\"text\":1}", "3:{}"));
}

TEST_F(Sources, BlankLinesSeparateParagraphs) {
  const SourceReader::Options options{
      .documents = DocumentRule::blank_line, .part_bytes = 8, .longest_line = 10};
  EXPECT_THAT(units("\n\none\ntwo\r\n \t\n\nthree\n", options), ElementsAre("3:one\ntwo", "7:three"));
  EXPECT_THAT(units("one\ntwo\nthree\nfour\n\nend", options),
              ElementsAre("1:one\ntwo\nthree+", "+3:\nfour", "6:end"));
  EXPECT_THAT(units("one\n12345678901\ntwo\n\n12345678901\n\nend", options),
              ElementsAre("1:one+", "+2:1234567890+!", "+2:\ntwo", "5:1234567890!", "7:end"));
  EXPECT_THAT(units(" \n\n", options), ElementsAre());
}

TEST_F(Sources, ASeparatorMayStandAnywhere) {
  const SourceReader::Options options{
      .documents = DocumentRule::separator, .separator = "<|eot|>", .part_bytes = 20};
  EXPECT_THAT(units("one\n<|eot|>\ntwo\n\n<|eot|><|eot|>\n <|eot|>three", options),
              ElementsAre("1:one", "3:two", "6:three"));
  EXPECT_THAT(units("one<|eot|>", options), ElementsAre("1:one"));
  EXPECT_THAT(units("a longer document of\nmore than one part, which it is\n<|eot|>\nend\n", options),
              ElementsAre("1:a longer document+", "+1: of\nmore than one part, which it is", "4:end"));
}

TEST_F(Sources, AFolderIsItsFilesByName) {
  folder_.write("b.txt", "b");
  std::filesystem::create_directories(folder_ / "a/.git");
  folder_.write("a/z.jsonl", "{}");
  folder_.write("a/.git/config", "hidden");
  folder_.write(".hidden", "hidden");
  std::vector<std::string> names;
  for (const SourceFile& file : source_files(folder_.path())) names.push_back(file.name);
  EXPECT_THAT(names, ElementsAre("a/z.jsonl", "b.txt"));
  EXPECT_EQ(source_files(folder_ / "b.txt")[0].name, "b.txt");
  EXPECT_THROW(source_files(folder_ / "missing"), Error);
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_THROW(source_files(folder_ / "empty"), Error);
}

TEST_F(Sources, ACategoryIsAFolder) {
  std::filesystem::create_directories(folder_ / "corpus/chat/old");
  folder_.write("corpus/chat/a.txt", "a");
  folder_.write("corpus/chat/old/b.txt", "b");
  folder_.write("corpus/c.txt", "c");
  std::vector<std::string> categories;
  for (const SourceFile& file : source_files(folder_ / "corpus"))
    categories.push_back(category_of_folder(folder_ / "corpus", file));
  EXPECT_THAT(categories, ElementsAre("corpus", "chat", "chat")) << "c.txt, chat/a.txt, chat/old/b.txt";
  const std::filesystem::path file = folder_ / "corpus/chat/a.txt";
  EXPECT_EQ(category_of_folder(file, source_files(file)[0]), "chat");
  EXPECT_EQ(category_of_folder("-", {"-", "-"}), "");
}

TEST(FileKind, IsInTheNameUnderTheCompression) {
  EXPECT_EQ(file_kind("a/b.jsonl.xz"), FileKind::jsonl);
  EXPECT_EQ(file_kind("b.ndjson"), FileKind::jsonl);
  EXPECT_EQ(file_kind("tokens.npy"), FileKind::npy);
  EXPECT_EQ(file_kind("squad.json.gz"), FileKind::json);
  EXPECT_EQ(file_kind("b.txt.zst"), FileKind::text);
  EXPECT_EQ(file_kind("README"), FileKind::text);
}

}  // namespace
}  // namespace bantam
