#include "data/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/toy.h"
#include "text/sentencepiece_trainer.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

EncodedRow encode(std::string_view line, const RowFormat& format = toy::format()) {
  return encode_json_row(line, format, "x.jsonl:17");
}

// The tokens, with those that are not to be predicted in lower case replaced by dots.
std::string targets(const EncodedRow& row) {
  std::string text = toy::spell(row.tokens);
  for (size_t i = 0; i < row.mask.size(); ++i)
    if (row.mask[i] == 0) text[i] = '.';
  return text;
}

std::string error_of(std::string_view line, const RowFormat& format = toy::format()) {
  try {
    encode(line, format);
  } catch (const RowError& error) {
    EXPECT_THAT(error.what(), HasSubstr("x.jsonl:17"));
    return error.reason() + " " + error.what();
  }
  return "";
}

TEST(Rows, EverythingOfAConversationCanBeLearnt) {
  const std::string line =
      R"({"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"cd"}]})";
  RowFormat format = toy::format();
  const EncodedRow answers = encode(line, format);
  format.learn = Learn::everything;
  const EncodedRow all = encode(line, format);
  EXPECT_EQ(all.tokens, answers.tokens);
  EXPECT_FALSE(answers.mask.empty());
  EXPECT_TRUE(all.mask.empty());
  format.context = all.tokens.size() - 2;  // it is not cut for all that
  EXPECT_THAT(error_of(line, format), HasSubstr("too_long"));
}

TEST(Rows, TheCategoryOpensAConversationInVuafsForm) {
  SentencePieceTrainerOptions options;
  options.vocab_size = 340;
  options.categories = {"chat", "story"};
  SentencePieceTrainer trainer(options);
  trainer.add("ab cd ab cd");
  const Tokenizer tokenizer = trainer.train();
  const RowFormat format = row_format(tokenizer);
  const std::string talk =
      R"("messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]})";
  const auto text_of = [&](const std::string& row) { return tokenizer.decode(encode(row, format).tokens); };
  EXPECT_EQ(text_of(R"({"category":"story",)" + talk),
            "<bos><|cat:story|><|turn|><|user|>x<|turn|><|assistant|>y<eos>");
  EXPECT_EQ(text_of("{" + talk), "<bos><|cat:chat|><|turn|><|user|>x<|turn|><|assistant|>y<eos>");
  EXPECT_EQ(text_of(R"({"text":"ab"})"), "<bos>ab<eos>");
  EXPECT_EQ(text_of(R"({"text":"ab","category":"story"})"), "<bos><|cat:story|>ab<eos>");
  EXPECT_EQ(text_of(R"({"prompt":"ab","completion":"cd","category":"story"})"),
            "<bos><|cat:story|>abcd<eos>");
  EXPECT_EQ(error_of(R"({"text":"ab","category":"poem"})", format),
            "wrong_field x.jsonl:17: the tokenizer has no category \"poem\"");
  EXPECT_EQ(error_of(R"({"category":"poem",)" + talk, format),
            "wrong_field x.jsonl:17: chat: the tokenizer has no category \"poem\"");
}

TEST(Rows, TextIsAllTarget) {
  const EncodedRow row =
      encode(R"({"text":"caffè\n","category":"story","meta":{"id":[1]},"author":"X","year":1851})");
  EXPECT_EQ(toy::spell(row.tokens), "[caff\xc3\xa8\n]");
  EXPECT_TRUE(row.mask.empty());
  EXPECT_EQ(row.text_bytes, 7u);
  EXPECT_EQ(row.category, "story");
  EXPECT_EQ(row.meta, "{\"id\":[1]}");
  EXPECT_THAT(row.ignored_fields, ElementsAre("author", "year"));
}

TEST(Rows, OnlyTheAssistantIsLearnt) {
  const EncodedRow row =
      encode(R"({"messages":[{"role":"system","content":"Be."},{"role":"user","content":"Hi"},)"
             R"({"role":"assistant","content":"Yo"},{"role":"user","content":"?"},)"
             R"({"role":"assistant","content":"!"}]})");
  EXPECT_EQ(toy::spell(row.tokens),
            "{system\nBe.}\n{user\nHi}\n{assistant\nYo}\n{user\n?}\n{assistant\n!}\n");
  EXPECT_EQ(targets(row), std::string(34, '.') + "Yo}" + std::string(21, '.') + "!}.");
  EXPECT_EQ(row.mask.size(), row.tokens.size());
}

TEST(Rows, ContentMayBeAListOfTexts) {
  EXPECT_EQ(toy::spell(encode(R"({"messages":[{"role":"assistant","content":[{"type":"text","text":"a"},)"
                              R"({"type":"text","value":"b"}]}]})")
                           .tokens),
            "{assistant\nab}\n");
  EXPECT_THAT(error_of(R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":"x"}]}]})"),
              HasSubstr("unsupported_field"));
}

TEST(Rows, CompletionsAreLearntAndPromptsAreNot) {
  EXPECT_EQ(targets(encode(R"({"prompt":"2+2=","completion":"4"})")), ".....4]");
  RowFormat format = toy::format();
  format.prompts_as_chat = true;
  format.prompt_field = "question";
  format.completion_field = "answer";
  EXPECT_EQ(toy::spell(encode(R"({"question":"Q","answer":"A"})", format).tokens),
            "{user\nQ}\n{assistant\nA}\n");
  format.text_field = "content";
  EXPECT_EQ(toy::spell(encode(R"({"content":"x"})", format).tokens), "[x]");
}

TEST(Rows, ChatRowsMustFitTheContext) {
  RowFormat format = toy::format();
  const std::string line = R"({"prompt":"12345","completion":"6"})";  // [123456] is 8 tokens, 7 positions
  format.context = 7;
  EXPECT_EQ(error_of(line, format), "");
  format.context = 6;
  EXPECT_THAT(error_of(line, format), HasSubstr("too_long x.jsonl:17: takes 7 positions, the context has 6"));
  EXPECT_EQ(error_of(R"({"text":"a long text is cut when it is read"})", format), "");
}

TEST(Rows, EveryFaultHasItsName) {
  EXPECT_THAT(error_of("{\"text\":\"\xff\"}"),
              HasSubstr("invalid_utf8 x.jsonl:17: byte 10 of the line, 0xff"));
  EXPECT_THAT(error_of("\xff\xfe{"), HasSubstr("looks like UTF-16"));
  EXPECT_THAT(error_of(R"({"text":"a")"), HasSubstr("invalid_json"));
  EXPECT_THAT(error_of(R"({"text":"a"} x)"), HasSubstr("invalid_json"));
  EXPECT_THAT(error_of(R"({"text":"a","text":"b"})"), HasSubstr("stands twice"));
  EXPECT_THAT(error_of(R"("text")"), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_of(R"({"prompt":"a","answer":"b"})"),
              HasSubstr("missing_field x.jsonl:17: has prompt, answer; want"));
  EXPECT_THAT(error_of("{}"), HasSubstr("has no keys"));
  EXPECT_THAT(error_of(R"({"text":"a","messages":[]})"), HasSubstr("missing_field"));
  EXPECT_THAT(error_of(R"({"text":3})"), HasSubstr("wrong_field"));
  EXPECT_THAT(error_of(R"({"text":"a","category":3})"), HasSubstr("wrong_field"));
  EXPECT_THAT(error_of(R"({"text":""})"), HasSubstr("empty_row"));
  EXPECT_THAT(error_of(R"({"prompt":"a","completion":""})"), HasSubstr("empty_row"));
  EXPECT_THAT(error_of(R"({"messages":[]})"), HasSubstr("empty_row"));
  EXPECT_THAT(error_of(R"({"messages":{}})"), HasSubstr("wrong_field"));
  EXPECT_THAT(error_of(R"({"messages":[{"role":"user"}]})"),
              HasSubstr("missing_field x.jsonl:17: message 1"));
  EXPECT_THAT(error_of(R"({"messages":[{"role":"bot","content":"a"}]})"),
              HasSubstr("wrong_field x.jsonl:17: message 1: chat: the role is \"bot\""));
  EXPECT_THAT(error_of(R"({"messages":[{"role":"user","content":3}]})"), HasSubstr("wrong_field"));
  EXPECT_THAT(error_of(R"({"messages":[{"role":"user","content":"a"}]})"), HasSubstr("no_target"));
  EXPECT_THAT(error_of(R"({"messages":[{"role":"assistant","content":"a","tool_calls":[{}]}]})"),
              HasSubstr("unsupported_field"));
  EXPECT_THAT(error_of(R"({"prompt":"a","chosen":"b","rejected":"c"})"), HasSubstr("missing_field"));
  EXPECT_THAT(error_of(R"({"text":"a","image":"x.png"})"), HasSubstr("unsupported_field"));
  EXPECT_THAT(error_of(R"({"text":"a","images":["x.png"]})"), HasSubstr("unsupported_field"));
  EXPECT_THAT(error_of(R"({"messages":[{"role":"assistant","content":"a","image":"x.png"}]})"),
              HasSubstr("unsupported_field"));
}

TEST(Rows, ChatNeedsATokenizerWithTurns) {
  RowFormat format = toy::format();
  format.chat.reset();
  try {
    encode(R"({"messages":[{"role":"assistant","content":"a"}]})", format);
    FAIL();
  } catch (const RowError&) {
    FAIL() << "not a fault of the row, so never skipped";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
}

TEST(Rows, ADecisionIsReadAtTheLastPositionOrWhereTheRowSays) {
  const EncodedRow plain = encode(R"({"text":"abc","decision":3})");  // [abc]: the end is only ever predicted
  ASSERT_TRUE(plain.label.has_value());
  EXPECT_EQ(plain.label->label, 3);
  EXPECT_EQ(plain.label->position, 3u);
  EXPECT_TRUE(plain.ignored_fields.empty());
  EXPECT_EQ(encode(R"({"text":"abc","decision":0,"decision_position":1})").label->position, 1u);
  EXPECT_EQ(encode(R"({"text":"abc","decision":0,"decision_position":-4})").label->position, 0u);
  EXPECT_FALSE(encode(R"({"text":"abc"})").label.has_value());
  EXPECT_FALSE(encode(R"({"text":"abc","decision":null,"decision_position":null})").label.has_value());

  const EncodedRow talk = encode(
      R"({"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"cd"}],"decision":1})");
  EXPECT_EQ(talk.label->position, talk.tokens.size() - 2);
}

TEST(Rows, ADecisionIsSomethingToLearn) {
  const std::string question = R"({"messages":[{"role":"user","content":"ab"}])";
  EXPECT_THAT(error_of(question + "}"), HasSubstr("no_target"));
  const EncodedRow row = encode(question + R"(,"decision":1})");
  EXPECT_EQ(std::count(row.mask.begin(), row.mask.end(), 0), std::ssize(row.tokens));
}

TEST(Rows, WrongDecisionsSayWhatIsWanted) {
  RowFormat format = toy::format();
  format.decision_classes = 4;
  EXPECT_THAT(error_of(R"({"text":"abc","decision":4})", format),
              HasSubstr(R"("decision" is 4; want a class from 0 to 3)"));
  EXPECT_THAT(error_of(R"({"text":"abc","decision":-1})", format), HasSubstr("\"decision\" is -1"));
  for (const char* bad : {"1.5", "\"1\"", "[1]", "true", "18446744073709551615"})
    EXPECT_THAT(error_of(fmt::format(R"({{"text":"abc","decision":{}}})", bad)),
                HasSubstr("wrong_field x.jsonl:17: \"decision\" is not a whole number"))
        << bad;
  for (const int bad : {4, -5})
    EXPECT_THAT(error_of(fmt::format(R"({{"text":"abc","decision":1,"decision_position":{}}})", bad)),
                HasSubstr("the row has positions 0 to 3, or -4 to -1"));
  EXPECT_THAT(error_of(R"({"text":"abc","decision_position":1})"), HasSubstr("and no \"decision\""));
  format.begin_token = format.end_token = std::nullopt;
  EXPECT_THAT(error_of(R"({"text":"a","decision":1})", format), HasSubstr("want two or more"));
  format.context = 3;
  EXPECT_EQ(encode(R"({"text":"abcd","decision":1})", format).label->position, 2u);
  EXPECT_THAT(error_of(R"({"text":"abcde","decision":1})", format),
              HasSubstr("too_long x.jsonl:17: takes 4 positions, the context has 3; rows with a decision"));
  EXPECT_FALSE(encode(R"({"text":"abcde"})", format).tokens.empty());
}

}  // namespace
}  // namespace bantam
