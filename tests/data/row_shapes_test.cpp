#include "data/row_shapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "data/json_values.h"
#include "data/toy.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string encoded(std::string_view line) {
  return toy::spell(encode_json_row(line, toy::format(), "x:1").tokens);
}

std::string error_of(std::string_view line) {
  try {
    encoded(line);
  } catch (const RowError& error) {
    return error.reason() + " " + error.what();
  }
  return "";
}

TEST(RowShapes, ShareGptRowsAreConversations) {
  const std::string ours = encoded(
      R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]})");
  EXPECT_EQ(
      encoded(
          R"({"id":"x","system":"s","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]})"),
      ours);
  EXPECT_EQ(
      encoded(
          R"({"conversations":[{"from":"system","value":"s"},{"role":"user","content":"q"},{"from":"gpt","value":"a"}]})"),
      ours);
  EXPECT_THAT(
      error_of(R"({"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"f"}]})"),
      HasSubstr("unsupported_field x:1: turn 2: \"function_call\" speaks"));
  EXPECT_THAT(error_of(R"({"conversations":[]})"), HasSubstr("empty_row"));
  EXPECT_THAT(error_of(R"({"conversations":{}})"), HasSubstr("wrong_field"));
  EXPECT_THAT(error_of(R"({"conversations":[{"from":"human"}]})"), HasSubstr("missing_field x:1: turn 1"));
  EXPECT_THAT(error_of(R"({"conversations":["x"]})"), HasSubstr("missing_field"));
}

TEST(RowShapes, AlpacaRowsAreConversations) {
  EXPECT_EQ(
      encoded(R"({"instruction":"q","input":"i","output":"a"})"),
      encoded(R"({"messages":[{"role":"user","content":"q\n\ni"},{"role":"assistant","content":"a"}]})"));
  const std::string plain =
      encoded(R"({"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]})");
  EXPECT_EQ(encoded(R"({"instruction":"q","input":"","output":"a"})"), plain);
  EXPECT_EQ(encoded(R"({"instruction":"q","input":null,"response":"a"})"), plain);
  EXPECT_EQ(
      encoded(R"({"instruction":"q","output":"a","system":"s","history":[["1","2"]]})"),
      encoded(
          R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"1"},{"role":"assistant","content":"2"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]})"));
  EXPECT_THAT(error_of(R"({"instruction":"q","output":"a","history":[["1"]]})"),
              HasSubstr("wrong_field x:1: \"history\" 1: want a question and its answer"));
  EXPECT_THAT(error_of(R"({"instruction":"q","output":7})"), HasSubstr("wrong_field x:1: \"output\""));
  EXPECT_THAT(error_of(R"({"instruction":"q"})"), HasSubstr("\"instruction\" with \"output\""));
  // Whose prompt it is said to be, it is.
  RowFormat format = toy::format();
  format.prompt_field = "instruction";
  format.completion_field = "output";
  EXPECT_EQ(toy::spell(encode_json_row(R"({"instruction":"q","output":"a"})", format, "x:1").tokens),
            encoded(R"({"prompt":"q","completion":"a"})"));
}

TEST(RowShapes, QuestionsAboutAParagraphAreOneConversation) {
  const std::string article = R"({"title":"T","category":"qa","paragraphs":[
    {"context":"C","qas":[{"question":"1?","answers":[{"text":"one","answer_start":0},{"text":"eins"}]},
                          {"question":"never?","is_impossible":true,"answers":[]},
                          {"question":"2?","answers":[{"text":"two"}]}]},
    {"context":"D","qas":[{"question":"never?","answers":[]}]}]})";
  Counts left_out;
  struct Shaped {
    Json row;
    std::string where;
  };
  std::vector<Shaped> rows;
  for_each_row(parse_json(article, "x"), "x:7", "prompt", left_out,
               [&](const Json& row, const std::string& where) {
                 rows.push_back({row, where});
               });
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].where, "x:7: paragraph 1");
  EXPECT_EQ(rows[0].row["category"], "qa");
  EXPECT_THAT(left_out.by_name, ElementsAre(Pair("unanswerable", 2)));
  EXPECT_EQ(rows[0].row["messages"], parse_json(R"([{"role":"user","content":"C\n\n1?"},
    {"role":"assistant","content":"one"},{"role":"user","content":"2?"},{"role":"assistant","content":"two"}])",
                                                "x"));
  const std::string flat =
      R"({"id":"1","context":"C","question":"1?","answers":{"text":["one"],"answer_start":[0]}})";
  EXPECT_EQ(
      encoded(flat),
      encoded(R"({"messages":[{"role":"user","content":"C\n\n1?"},{"role":"assistant","content":"one"}]})"));
  EXPECT_THAT(error_of(R"({"paragraphs":[{"context":1}]})"),
              HasSubstr("paragraph 1: \"context\" is not a string"));
  EXPECT_THAT(error_of(R"({"context":"C","question":"1?","answers":{"text":"one"}})"),
              HasSubstr("wrong_field"));
}

TEST(RowShapes, TheTextOfARowIsWhatIsLearntFrom) {
  const auto text = [](const char* row) {
    return row_text(parse_json(row, "x"), "text", "prompt", "completion");
  };
  EXPECT_EQ(text(R"({"text":"a","id":"z"})"), "a");
  EXPECT_EQ(text(R"({"prompt":"a","completion":"b"})"), "a\nb");
  EXPECT_EQ(
      text(
          R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"}]}]})"),
      "a\nb");
  EXPECT_EQ(text(R"({"messages":3})"), "");
}

class JsonFile : public testing::Test {
 protected:
  std::vector<std::string> values(const std::string& content, size_t longest = 1000) {
    CompressedReader reader(folder_.write("x.json", content));
    JsonValues all(reader, longest, "x.json");
    std::vector<std::string> found;
    for (JsonValues::Value value; all.next(value);)
      found.push_back(std::to_string(value.line) + " " + value.text + (value.too_long ? " cut" : ""));
    return found;
  }
  std::string error_of(const std::string& content) {
    try {
      values(content);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder_;
};

TEST_F(JsonFile, GivesItsRowsOneByOne) {
  const auto two = ElementsAre("2 {\"a\":\"]},\\\"\"}", "3 [1,{}]");
  EXPECT_THAT(values("[\n{\"a\":\"]},\\\"\"},\n[1,{}]]\n"), two);
  EXPECT_THAT(values("\xef\xbb\xbf[]"), ElementsAre());
  EXPECT_THAT(values("{\"version\":\"1\",\"data\":[\n{\"a\":\"]},\\\"\"},\n[1,{}]\n],\"more\":{\"x\":[1]}}"),
              two);
  EXPECT_THAT(values("{\"a\":1}\n{\"b\": [2, 3]}\n"), ElementsAre("1 {\"a\":1}", "2 {\"b\": [2, 3]}"));
  EXPECT_THAT(values("[1, \"x\" ,true]"), ElementsAre("1 1", "1 \"x\"", "1 true"));
  EXPECT_THAT(values("{\"data\":{\"x\":1}}"), ElementsAre("1 {\"data\":{\"x\":1}}"));
  EXPECT_THAT(values("[\"123456\",{\"a\":1}]", 4), ElementsAre("1 \"123 cut", "1 {\"a\" cut"));
  EXPECT_THAT(values(""), ElementsAre());
}

TEST_F(JsonFile, SaysWhereItIsBroken) {
  EXPECT_THAT(error_of("[\n{\"a\":1}"), HasSubstr("x.json:2: wanted"));
  EXPECT_THAT(error_of("[{\"a\":\"1]"), HasSubstr("the end of a value"));
  EXPECT_THAT(error_of("[1] 2"), HasSubstr("nothing more"));
  EXPECT_THAT(error_of("[1,]2"), HasSubstr("nothing more"));
  EXPECT_THAT(error_of("{\"data\":[1]"), HasSubstr("wanted"));
  EXPECT_THAT(error_of("{\"data\" [1]}"), HasSubstr("a colon"));
  EXPECT_THAT(error_of("{1}"), HasSubstr("a key"));
  EXPECT_THAT(error_of("[1]]"), HasSubstr("nothing more"));
  EXPECT_THAT(error_of("\"a\\"), HasSubstr("the end of a string"));
}

}  // namespace
}  // namespace bantam
