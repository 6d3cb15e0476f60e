#include "formats/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "formats/tensor_files.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kGolden = fs::path(BANTAM_SOURCE_DIR) / "tests/golden/st";

std::string file_of(std::string_view header, size_t data_bytes) {
  std::string file(8, '\0');
  const uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8);
  return file + std::string(header) + std::string(data_bytes, 'x');
}

SafetensorsHeader parse(const std::string& file) {
  return parse_safetensors(std::as_bytes(std::span(file)), "x.safetensors");
}

std::string error_of(const std::string& file) {
  try {
    parse(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("x.safetensors"));
    return error.what();
  }
  return "";
}

TEST(Safetensors, AgreesWithTheReferenceReaderOnEveryGolden) {
  const Json verdicts = read_json(kGolden / "verdicts.json");
  EXPECT_EQ(verdicts.size(), 29u);
  for (const auto& [name, verdict] : verdicts.items()) {
    SCOPED_TRACE(name);
    try {
      const SafetensorsFile file(kGolden / name);
      EXPECT_TRUE(verdict["opens"]);
      std::set<std::string> names, wanted = verdict["keys"];
      for (const StoredTensor& tensor : file.tensors()) names.insert(tensor.name);
      EXPECT_EQ(names, wanted);
      std::map<std::string, std::string> metadata;
      if (!verdict["meta"].is_null()) metadata = verdict["meta"];
      EXPECT_EQ(file.metadata(), metadata);
    } catch (const Error& error) {
      EXPECT_FALSE(verdict["opens"]) << error.what();
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
    }
  }
}

TEST(Safetensors, GivesShapesAndBytes) {
  const SafetensorsFile file(kGolden / "ok_bf16_odd_offset.safetensors");
  const StoredTensor* x = file.find("x");
  ASSERT_NE(x, nullptr);
  EXPECT_EQ(file.find("y"), nullptr);
  EXPECT_EQ(file.bytes(*x).size(), x->bytes());
  EXPECT_EQ(x->bytes(), stored_bytes(x->dtype, x->shape, "x"));

  const SafetensorsFile scalar(kGolden / "ok_scalar.safetensors");
  EXPECT_TRUE(scalar.tensors()[0].shape.empty());
  EXPECT_EQ(scalar.tensors()[0].elements(), 1u);
}

TEST(Safetensors, KnowsEveryDtype) {
  std::set<std::string_view> names;
  for (const StoredDtypeInfo& dtype : stored_dtypes()) {
    names.insert(dtype.name);
    EXPECT_EQ(&info(dtype.dtype), &dtype);
    const std::string header = fmt::format(R"({{"a":{{"dtype":"{}","shape":[2,4],"data_offsets":[0,{}]}}}})",
                                           dtype.name, dtype.bits);
    EXPECT_EQ(parse(file_of(header, static_cast<size_t>(dtype.bits))).tensors[0].dtype, dtype.dtype);
  }
  EXPECT_EQ(names.size(), 22u);
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}})", 1)),
              HasSubstr("12 bits do not fill whole bytes"));
}

TEST(Safetensors, RefusesWhatParsersReadDifferently) {
  // The reference takes the last of two equal keys; another parser the first. Both offsets fit here.
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                               R"("a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}})",
                               1)),
              HasSubstr("stands twice"));
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}})", 1)),
              HasSubstr("stands twice"));
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"extra":[[]]}})", 1)),
              HasSubstr("nested deeper"));
  EXPECT_EQ(error_of(file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"extra":[7]}})", 1)), "");
  const std::string long_name(4097, 'n');
  EXPECT_THAT(
      error_of(file_of(R"({")" + long_name + R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1)),
      HasSubstr("4097 bytes"));
  EXPECT_THAT(error_of(file_of("\xef\xbb\xbf{}", 0)), HasSubstr("does not begin with {"));
  EXPECT_THAT(error_of(file_of("[]", 0)), HasSubstr("does not begin with {"));
  EXPECT_THAT(error_of(file_of("", 0)), HasSubstr("does not begin with {"));
}

TEST(Safetensors, RefusesHostileNumbers) {
  const auto with = [](const char* shape, const char* offsets, size_t data) {
    return error_of(file_of(
        fmt::format(R"({{"a":{{"dtype":"F32","shape":{},"data_offsets":{}}}}})", shape, offsets), data));
  };
  EXPECT_EQ(with("[1]", "[0,4]", 4), "");
  EXPECT_THAT(with("[4611686018427387904,4]", "[0,0]", 0), HasSubstr("overflows"));
  EXPECT_THAT(with("[9223372036854775808]", "[0,0]", 0), HasSubstr("overflows"));
  EXPECT_THAT(with("[9223372036854775808,2,0]", "[0,0]", 0), HasSubstr("overflows"));
  EXPECT_EQ(with("[0,9223372036854775808,2]", "[0,0]", 0), "");  // as the reference: the product stays 0
  EXPECT_THAT(with("[18446744073709551616]", "[0,0]", 0), HasSubstr("want integers"));
  EXPECT_THAT(with("[1.0]", "[0,4]", 4), HasSubstr("want integers"));
  EXPECT_THAT(with("[-1]", "[0,4]", 4), HasSubstr("want integers"));
  EXPECT_THAT(with("[1]", "[4,0]", 4), HasSubstr("[begin, end]"));
  EXPECT_THAT(with("[1]", "[0,4,8]", 4), HasSubstr("[begin, end]"));
  EXPECT_THAT(with("[1]", "[18446744073709551612,18446744073709551615]", 4), HasSubstr("needs 4 bytes"));
  EXPECT_THAT(with("[1]", "[18446744073709551611,18446744073709551615]", 4), HasSubstr("begins at byte"));
  EXPECT_THAT(with("null", "[0,4]", 4), HasSubstr("has no shape"));
}

TEST(Safetensors, EveryTruncationAndEveryFlippedBitIsSafe) {
  const SafetensorsFile original(kGolden / "ok_key_order_differs.safetensors");
  const std::string whole = read_file(original.path());
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(error_of(whole.substr(0, size)), "") << "cut to " << size << " bytes";
  EXPECT_NE(error_of(whole + "x"), "");
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    try {
      const SafetensorsHeader header = parse(damaged);
      for (const StoredTensor& tensor : header.tensors)
        EXPECT_LE(header.data_begin + tensor.end, damaged.size());
    } catch (const Error&) {
    }
  }
}

class Shards : public testing::Test {
 protected:
  void shard(const std::string& name, const std::string& tensor) {
    folder_.write(name,
                  file_of(R"({")" + tensor + R"(":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2));
  }
  void index(const std::string& text) { folder_.write("model.safetensors.index.json", text); }
  std::string open_error() {
    try {
      TensorFiles model(folder_.path());
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder_;
};

TEST_F(Shards, AreOneModel) {
  shard("model-00001-of-00002.safetensors", "b");
  shard("model-00002-of-00002.safetensors", "a");
  index(R"({"metadata":{"total_size":4},"weight_map":{"b":"model-00001-of-00002.safetensors",)"
        R"("a":"model-00002-of-00002.safetensors"}})");
  const TensorFiles model(folder_.path());
  ASSERT_EQ(model.entries().size(), 2u);
  EXPECT_EQ(model.entries()[0].tensor.name, "a");
  EXPECT_EQ(model.bytes(model.at("b")).size(), 2u);
  try {
    model.at("model.embed");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

TEST_F(Shards, MayNotLeaveTheirFolder) {
  shard("x.safetensors", "a");
  for (const char* name :
       {"../x.safetensors", "/x.safetensors", "sub/x.safetensors", "a\\x.safetensors", "", ".."}) {
    index(Json{{"weight_map", {{"a", name}}}}.dump());
    EXPECT_THAT(open_error(), HasSubstr("not a plain file name")) << name;
  }
}

TEST_F(Shards, MustHoldWhatTheIndexSays) {
  shard("x.safetensors", "a");
  index(R"({"weight_map":{"b":"x.safetensors"}})");
  EXPECT_THAT(open_error(), HasSubstr("holds tensor \"a\""));
  index(R"({"weight_map":{"a":"x.safetensors","b":"x.safetensors"}})");
  EXPECT_THAT(open_error(), HasSubstr("lacks tensor \"b\""));
  index(R"({"weight_map":{"a":"y.safetensors"}})");
  EXPECT_THAT(open_error(), HasSubstr("y.safetensors"));
  index(R"({"weight_map":{"a":3}})");
  EXPECT_THAT(open_error(), HasSubstr("not a file's name"));
  index("{}");
  EXPECT_THAT(open_error(), HasSubstr("no weight_map"));
  fs::remove(folder_.path() / "model.safetensors.index.json");
  EXPECT_THAT(open_error(), HasSubstr("has no weights"));
}

}  // namespace
}  // namespace bantam
