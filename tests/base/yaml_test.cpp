#include "base/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text) {
  try {
    parse_yaml(text, "run.yaml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.what();
  }
  return "no error";
}

TEST(Yaml, ScalarsAreThoseOfTheCoreSchema) {
  const Json json = parse_yaml(R"(
# a recipe
train: {lr: 1e-3, tokens: 20M, checkpointing: off, on: true, quoted: "17", path: no, none: ~}
numbers: [1, -2, +3, 1.5, .5, 1e9, 0x10, 1.2.3, 18446744073709551615]
text: >
  folded
  lines
)",
                               "run.yaml");
  EXPECT_EQ(
      json.dump(),
      R"({"train":{"lr":0.001,"tokens":"20M","checkpointing":"off","on":true,"quoted":"17","path":"no",)"
      R"("none":null},"numbers":[1,-2,3,1.5,0.5,1000000000.0,"0x10","1.2.3",18446744073709551615],)"
      R"("text":"folded lines\n"})");
  EXPECT_TRUE(parse_yaml("", "x").is_null());
}

TEST(Yaml, ErrorsNameThePlace) {
  EXPECT_THAT(error_of("a: 1\nb: [1, 2\n"), HasSubstr("run.yaml: line 3"));
  EXPECT_THAT(error_of("a: 1\na: 2\n"), HasSubstr("run.yaml: line 2, column 1: the key \"a\" stands twice"));
  EXPECT_THAT(error_of("[1]: 2\n"), HasSubstr("a key is not a plain text"));
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\n"), HasSubstr("holds more than one YAML document"));
  EXPECT_THAT(error_of(",a"),
              HasSubstr("more than one YAML document"));  // yaml-cpp stays before the comma for ever
  EXPECT_THAT(error_of("a: &x {b: 1}\nc: {<<: *x}\n"), HasSubstr("merge keys"));
  EXPECT_THAT(error_of("a: 1\nb: \"x\\_\"\n"), HasSubstr("line 2, column 4: the text is not UTF-8"));
  EXPECT_THAT(error_of("\"\\N\": 1\n"), HasSubstr("line 1, column 1: the text is not UTF-8"));
  EXPECT_THAT(error_of(std::string(100, '[') + std::string(100, ']')), HasSubstr("nested too deep"));
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) bomb += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(error_of(bomb), HasSubstr("too many values"));
}

TEST(Yaml, WritesWhatItReads) {
  const Json json = parse_json(
      R"({"a":{"lr":0.001,"list":[1,"x: y",{"path":"p"}],"empty":{}},"text":"20M","number":"17","odd":"- a","no":"","t":"true"})",
      "x");
  const std::string text =
      dump_yaml(json, [](const std::string& path) { return path == "a.lr" ? "recipe" : std::string(); });
  EXPECT_THAT(text, HasSubstr("a:\n  lr: 0.001                             # recipe\n  list: [1, "));
  EXPECT_EQ(parse_yaml(text, "x"), json);
}

}  // namespace
}  // namespace bantam
