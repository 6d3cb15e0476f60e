#include "formats/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string npy(int version, std::string dictionary, size_t data_bytes) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  const size_t prefix = version == 1 ? 10 : 12;
  dictionary.resize((prefix + dictionary.size() + 1 + 63) / 64 * 64 - prefix - 1, ' ');
  dictionary += '\n';
  for (size_t i = 0; i < (version == 1 ? 2u : 4u); ++i) file += static_cast<char>(dictionary.size() >> 8 * i);
  return file + dictionary + std::string(data_bytes, '\1');
}

NpyHeader parse(const std::string& file) { return parse_npy(std::as_bytes(std::span(file)), "x.npy"); }

std::string error_of(const std::string& file) {
  try {
    parse(file);
  } catch (const Error& error) {
    EXPECT_TRUE(error.code() == ErrorCode::corrupt || error.code() == ErrorCode::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("x.npy: "));
    return error.what();
  }
  return "";
}

std::string error_of_shape(const std::string& shape) {
  return error_of(npy(1, "{'descr': '<u2', 'fortran_order': False, 'shape': " + shape + ", }", 12));
}

TEST(Npy, ReadsEveryVersionAndForm) {
  for (const int version : {1, 2, 3}) {
    const NpyHeader header =
        parse(npy(version, "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }", 12));
    EXPECT_EQ(header.dtype, StoredDtype::u16);
    EXPECT_THAT(header.shape, ElementsAre(2, 3));
    EXPECT_EQ(header.elements, 6u);
    EXPECT_EQ(header.data_begin % 64, 0u);
  }
  EXPECT_THAT(parse(npy(1, "{\"shape\":(6,),\"descr\":\"<u2\",\"fortran_order\":False}", 12)).shape,
              ElementsAre(6));
  EXPECT_THAT(parse(npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 6), }", 6)).shape,
              ElementsAre(1, 6));
  EXPECT_TRUE(parse(npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4)).shape.empty());
  EXPECT_EQ(parse(npy(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (0, 5), }", 0)).elements, 0u);
}

TEST(Npy, NamesWhatItDoesNotRead) {
  const auto with = [](const std::string& descr, const std::string& fortran = "False") {
    return error_of(
        npy(1, "{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': (2, 3), }", 12));
  };
  EXPECT_THAT(with("'>u2'"), HasSubstr("big-endian"));
  EXPECT_THAT(with("'|O'"), HasSubstr("'|O' is not read"));
  EXPECT_THAT(with("'<U3'"), HasSubstr("not read"));
  EXPECT_THAT(with("'=u2'"), HasSubstr("not read"));
  EXPECT_THAT(with("''"), HasSubstr("not read"));
  EXPECT_THAT(with("[('a', '<u2')]"), HasSubstr("structured records"));
  EXPECT_THAT(with("'<u2'", "True"), HasSubstr("Fortran order"));
  EXPECT_THAT(with("'<u2'", "0"), HasSubstr("neither True nor False"));
  EXPECT_THAT(error_of(npy(4, "{}", 0)), HasSubstr("version 4.0"));
}

TEST(Npy, RefusesHostileHeaders) {
  EXPECT_EQ(error_of_shape("(2, 3)"), "");
  EXPECT_THAT(error_of_shape("(2, 4)"), HasSubstr("needs 16 bytes, the file holds 12"));
  EXPECT_THAT(error_of_shape("(2, 2)"), HasSubstr("needs 8 bytes, the file holds 12"));
  EXPECT_THAT(error_of_shape("(9223372036854775808, 2)"), HasSubstr("overflows"));
  EXPECT_THAT(error_of_shape("(461168601842738, 1)"), HasSubstr("needs 922337203685476 bytes"));
  EXPECT_THAT(error_of_shape("(18446744073709551616,)"), HasSubstr("not an integer"));
  EXPECT_THAT(error_of_shape("(-6,)"), HasSubstr("not an integer"));
  EXPECT_THAT(error_of_shape("(6)"), HasSubstr("no tuple"));
  EXPECT_THAT(error_of_shape("[6]"), HasSubstr("lacks a '('"));
  EXPECT_THAT(error_of_shape("(6,), 'shape': (6,)"), HasSubstr("repeated key"));
  EXPECT_THAT(error_of_shape("(6,), 'x': (6,)"), HasSubstr("unwanted"));
  EXPECT_THAT(error_of(npy(1, "{'descr': '<u2', 'shape': (6,)}", 12)), HasSubstr("lacks descr"));
  EXPECT_THAT(error_of(npy(1, "{'descr': '<u2', 'shape': (6,)} + open('x')", 12)),
              HasSubstr("goes on after"));
  std::string deep = "(";
  for (int i = 0; i < 33; ++i) deep += "1, ";
  EXPECT_THAT(error_of_shape(deep + ")"), HasSubstr("too many dimensions"));
  EXPECT_THAT(error_of(""), HasSubstr("does not begin"));
  EXPECT_THAT(error_of("\x93NUMPX0123456789"), HasSubstr("does not begin"));
  EXPECT_THAT(error_of(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12)), HasSubstr("4294967295 bytes"));
}

TEST(Npy, EveryTruncationAndEveryFlippedBitIsSafe) {
  const std::string whole = npy(1, "{'descr': '<u4', 'fortran_order': False, 'shape': (3,), }", 12);
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_NE(error_of(whole.substr(0, size)), "") << size;
  EXPECT_NE(error_of(whole + "x"), "");
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    try {
      const NpyHeader header = parse(damaged);
      EXPECT_EQ(header.data_begin + header.elements * static_cast<uint64_t>(info(header.dtype).bits) / 8,
                damaged.size());
    } catch (const Error&) {
    }
  }
}

TEST(Npy, WritesWhatItReads) {
  const TemporaryFolder folder;
  std::vector<uint16_t> values(700'000);
  std::iota(values.begin(), values.end(), uint16_t{0});
  {
    NpyWriter writer(folder / "tokens.npy", StoredDtype::u16);
    for (size_t begin = 0; begin < values.size(); begin += 70'001)
      writer.append(
          std::span<const uint16_t>(values).subspan(begin, std::min<size_t>(70'001, values.size() - begin)));
    EXPECT_EQ(writer.rows(), values.size());
    EXPECT_FALSE(std::filesystem::exists(folder / "tokens.npy"));
    writer.commit();
  }
  const NpyFile file(folder / "tokens.npy");
  EXPECT_THAT(file.shape(), ElementsAre(values.size()));
  EXPECT_TRUE(std::ranges::equal(file.values<uint16_t>(), values));
  EXPECT_THROW(file.values<uint32_t>(), Error);

  NpyWriter pairs(folder / "pairs.npy", StoredDtype::i64, {2, 1});
  pairs.append(std::span<const int64_t>(std::vector<int64_t>{1, 2, 3, 4}));
  pairs.commit();
  EXPECT_THAT(NpyFile(folder / "pairs.npy").shape(), ElementsAre(2, 2, 1));
}

TEST(Npy, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  { NpyWriter(folder / "x.npy", StoredDtype::u8).append(std::span<const uint8_t>(std::vector<uint8_t>(10))); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace bantam
