#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text, JsonLimits limits = {}) {
  try {
    parse_json(text, "line 3 of x.jsonl", limits);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    return error.what();
  }
  return "";
}

TEST(Json, KeepsTheOrderOfKeysAndEveryKind) {
  const std::string text = R"({"z":[1,-2,3.5,true,null,"é\n",{}],"a":{"b":[[]]},"m":18446744073709551615})";
  EXPECT_EQ(parse_json(text, "x").dump(), text);
  EXPECT_EQ(parse_json(" 7 ", "x"), 7);
}

TEST(Json, RefusesWhatTwoParsersWouldReadDifferently) {
  EXPECT_THAT(error_of(R"({"a":1,"b":{"a":2},"a":3})"),
              HasSubstr("line 3 of x.jsonl: the key \"a\" stands twice"));
  EXPECT_THAT(error_of(std::string_view("{\"a\":1}\0{}", 10)), HasSubstr("at byte 7: a NUL"));
  EXPECT_THAT(error_of("{} {}"), HasSubstr("not valid JSON at byte"));
  EXPECT_THAT(error_of("\"\xff\""), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_of("{\"a\":1e999}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_of(""), HasSubstr("not valid JSON"));
}

TEST(Json, BoundsNesting) {
  EXPECT_EQ(error_of("[[[1]]]", {.depth = 3}), "");
  EXPECT_THAT(error_of("[[{\"a\":[]}]]", {.depth = 3}), HasSubstr("deeper than 3"));
  EXPECT_THAT(error_of(std::string(1'000'000, '[')), HasSubstr("deeper than 64"));
}

TEST(Json, TheLastOfRepeatedKeysWinsWhereTheyAreAllowed) {
  const Json value = parse_json(R"({"a":1,"b":2,"a":[3]})", "x", {.allow_duplicate_keys = true});
  EXPECT_EQ(value.dump(), R"({"a":[3],"b":2})");
}

TEST(Json, ManyKeysTakeLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"key" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  text.back() = '}';
  EXPECT_EQ(parse_json(text, "x").size(),
            200'000u);  // minutes if each key were sought among the earlier ones
}

TEST(Json, NearestName) {
  EXPECT_EQ(nearest_name("max_seqlen", {"max_seq_len", "seed"}), "max_seq_len");
  EXPECT_EQ(nearest_name("xyzzy", {"max_seq_len", "seed"}), "");
}

}  // namespace
}  // namespace bantam
