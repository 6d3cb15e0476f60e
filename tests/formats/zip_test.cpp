#include "formats/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string archive(uint64_t long_from = 0xFFFFFFFF) {
  const TemporaryFolder folder;
  ZipWriter zip(folder / "x.zip", long_from);
  zip.begin("x/a", 5);
  zip.append(bytes_of("he"));
  zip.append(bytes_of("llo"));
  zip.begin("x/empty", 0);
  zip.begin("x/b", 3);
  zip.append(bytes_of("you"));
  zip.commit();
  return read_file(folder / "x.zip");
}

std::string refusal(const std::string& file) {
  try {
    parse_zip(bytes_of(file), "f");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// The central directory's entry of member `index`.
size_t entry_at(const std::string& file, size_t index) {
  size_t at = file.find("PK\x01\x02");
  while (index-- > 0) at = file.find("PK\x01\x02", at + 1);
  return at;
}

std::string changed(std::string file, size_t at, const std::string& bytes) {
  return file.replace(at, bytes.size(), bytes);
}

TEST(Zip, WhatIsWrittenReadsBackAligned) {
  for (const uint64_t long_from : {uint64_t{0xFFFFFFFF}, uint64_t{4}, uint64_t{0}}) {
    const std::string file = archive(long_from);
    EXPECT_TRUE(looks_like_zip(bytes_of(file)));
    const std::vector<ZipMember> members = parse_zip(bytes_of(file), "f");
    ASSERT_EQ(members.size(), 3u);
    EXPECT_EQ(file.substr(members[0].begin, members[0].bytes), "hello");
    EXPECT_EQ(members[1].bytes, 0u);
    EXPECT_EQ(file.substr(members[2].begin, members[2].bytes), "you");
    for (const ZipMember& member : members) EXPECT_EQ(member.begin % 64, 0u) << member.name;
  }
}

TEST(Zip, RefusesWhatIsNotStoredPlainly) {
  const std::string file = archive();
  const size_t second = entry_at(file, 2);
  EXPECT_THAT(refusal(changed(file, second + 10, std::string("\x08\0", 2))), HasSubstr("compressed"));
  EXPECT_THAT(refusal(changed(file, second + 8, std::string("\x01\x08", 2))), HasSubstr("encrypted"));
  EXPECT_THAT(refusal(changed(file, second + 24, std::string("\x04\0\0\0", 4))), HasSubstr("two sizes"));
  EXPECT_THAT(refusal(changed(file, second + 20, std::string("\xFF\0\0\0\xFF\0\0\0", 8))),
              HasSubstr("past its end"));
  EXPECT_THAT(refusal(changed(file, second + 42, std::string("\0\0\0\0", 4))), HasSubstr("otherwise than"));
  EXPECT_THAT(refusal(changed(changed(file, second + 46, "x/a"), second + 42, std::string("\0\0\0\0", 4))),
              HasSubstr("two"));
  EXPECT_THAT(refusal(changed(file, second + 46, "../")), HasSubstr("plain relative name"));
  EXPECT_THAT(refusal(changed(file, file.size() - 12, std::string("\x09\0", 2))), HasSubstr("more members"));
  EXPECT_THAT(refusal(file + "x"), HasSubstr("end record"));
  EXPECT_THAT(refusal(""), HasSubstr("end record"));
}

TEST(Zip, NoDamageCausesAnythingButAnError) {
  for (const uint64_t long_from : {uint64_t{0xFFFFFFFF}, uint64_t{0}}) {
    const std::string file = archive(long_from);
    const auto read = [&](const std::string& damaged) {
      try {
        for (const ZipMember& member : parse_zip(bytes_of(damaged), "f"))
          EXPECT_LE(member.begin + member.bytes, damaged.size());
      } catch (const Error&) {
      }
    };
    for (size_t length = 0; length < file.size(); ++length) read(file.substr(0, length));
    for (size_t at = 0; at < file.size(); ++at)
      for (const char byte : {'\0', '\xFF', '\x7F', static_cast<char>(file[at] ^ 1)})
        read(changed(file, at, std::string(1, byte)));
  }
}

}  // namespace
}  // namespace bantam
