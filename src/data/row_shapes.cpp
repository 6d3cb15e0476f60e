#include "data/row_shapes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/rows.h"

namespace bantam {
namespace {

struct ShapedRow {
  Json row;
  std::string where;
};

template <class... Args>
[[noreturn]] void fail_row(const char* reason, fmt::format_string<Args...> format, Args&&... args) {
  throw RowError(reason, fmt::format(format, std::forward<Args>(args)...));
}

const std::string& string_at(const Json& object, const char* key, std::string_view where) {
  if (!object.is_object() || !object.contains(key))
    fail_row("missing_field", "{}: want an object with \"{}\"", where, key);
  const Json& value = object.at(key);
  if (!value.is_string()) fail_row("wrong_field", "{}: \"{}\" is not a string", where, key);
  return value.get_ref<const std::string&>();
}

const Json& list_at(const Json& object, const char* key, std::string_view where) {
  if (!object.is_object() || !object.contains(key))
    fail_row("missing_field", "{}: want an object with \"{}\"", where, key);
  if (!object.at(key).is_array()) fail_row("wrong_field", "{}: \"{}\" is not a list", where, key);
  return object.at(key);
}

Json message(const char* role, std::string content) {
  return {{"role", role}, {"content", std::move(content)}};
}

const char* role_of(const std::string& from, const std::string& where) {
  if (from == "human" || from == "user") return "user";
  if (from == "gpt" || from == "assistant" || from == "chatgpt" || from == "bard" || from == "model" ||
      from == "bot")
    return "assistant";
  if (from == "system") return "system";
  fail_row("unsupported_field", "{}: \"{}\" speaks; want human, gpt or system", where, from);
}

// The row with "messages" in the place of `keys`.
Json with_messages(const Json& row, Json messages, std::initializer_list<std::string_view> keys) {
  Json out = Json::object();
  for (const auto& [key, value] : row.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) out[key] = value;
  out["messages"] = std::move(messages);
  return out;
}

Json of_sharegpt(const Json& row, const std::string& where) {
  Json messages = Json::array();
  if (row.contains("system") && row["system"] != "")
    messages.push_back(message("system", string_at(row, "system", where)));
  size_t number = 0;
  for (const Json& turn : list_at(row, "conversations", where)) {
    const std::string here = fmt::format("{}: turn {}", where, ++number);
    const bool ours = turn.is_object() && turn.contains("role");
    const char* role = role_of(string_at(turn, ours ? "role" : "from", here), here);
    messages.push_back(message(role, string_at(turn, ours ? "content" : "value", here)));
  }
  if (number == 0) fail_row("empty_row", "{}: \"conversations\" is empty", where);
  return with_messages(row, std::move(messages), {"conversations", "system"});
}

// The first answer that says something; empty where none does. Answers are a list of objects, or, as
// Hugging Face's data sets have it, an object of lists.
std::string answer_of(const Json& question, const std::string& where) {
  const auto impossible = question.find("is_impossible");
  if (impossible != question.end() && *impossible == true) return {};
  if (!question.contains("answers")) fail_row("missing_field", "{}: has no \"answers\"", where);
  const Json& answers = question["answers"];
  if (answers.is_object()) {
    for (const Json& text : list_at(answers, "text", where))
      if (text.is_string() && text != "") return text.get<std::string>();
    return {};
  }
  for (const Json& answer : list_at(question, "answers", where))
    if (const std::string& text = string_at(answer, "text", where); !text.empty()) return text;
  return {};
}

// Question and answer behind what was said before; the first one asks about the context.
void ask(const std::string& context, const Json& question, const std::string& where, Json& messages,
         Counts& left_out) {
  const std::string& text = string_at(question, "question", where);
  std::string answer = answer_of(question, where);
  if (answer.empty()) return left_out.add("unanswerable");
  messages.push_back(message("user", messages.empty() ? context + "\n\n" + text : text));
  messages.push_back(message("assistant", std::move(answer)));
}

std::vector<ShapedRow> of_article(const Json& row, const std::string& where, Counts& left_out) {
  std::vector<ShapedRow> rows;
  size_t number = 0;
  for (const Json& paragraph : list_at(row, "paragraphs", where)) {
    const std::string here = fmt::format("{}: paragraph {}", where, ++number);
    const std::string& context = string_at(paragraph, "context", here);
    Json messages = Json::array();
    for (const Json& question : list_at(paragraph, "qas", here))
      ask(context, question, here, messages, left_out);
    if (!messages.empty())
      rows.push_back(ShapedRow{with_messages(row, std::move(messages), {"paragraphs"}), here});
  }
  return rows;
}

Json of_question(const Json& row, const std::string& where, Counts& left_out) {
  Json messages = Json::array();
  ask(string_at(row, "context", where), row, where, messages, left_out);
  return with_messages(row, std::move(messages), {"context", "question", "answers", "is_impossible"});
}

const char* answer_key(const Json& row) { return row.contains("output") ? "output" : "response"; }

Json of_alpaca(const Json& row, const std::string& where) {
  Json messages = Json::array();
  const auto has = [&](const char* key) {
    return row.contains(key) && !row[key].is_null() && row[key] != "";
  };
  if (has("system")) messages.push_back(message("system", string_at(row, "system", where)));
  size_t number = 0;
  for (const Json& turn : has("history") ? list_at(row, "history", where) : Json::array()) {
    ++number;
    if (!turn.is_array() || turn.size() != 2 || !turn[0].is_string() || !turn[1].is_string())
      fail_row("wrong_field", "{}: \"history\" {}: want a question and its answer", where, number);
    messages.push_back(message("user", turn[0]));
    messages.push_back(message("assistant", turn[1]));
  }
  std::string asked = string_at(row, "instruction", where);
  if (has("input")) asked += (asked.empty() ? "" : "\n\n") + string_at(row, "input", where);
  messages.push_back(message("user", std::move(asked)));
  messages.push_back(message("assistant", string_at(row, answer_key(row), where)));
  return with_messages(row, std::move(messages),
                       {"instruction", "input", answer_key(row), "system", "history"});
}

void append_line(std::string& text, const Json& value) {
  if (!value.is_string()) return;
  if (!text.empty()) text += '\n';
  text += value.get_ref<const std::string&>();
}

}  // namespace

void for_each_row(const Json& value, const std::string& where, const std::string& prompt_field,
                  Counts& left_out, FunctionRef<void(const Json& row, const std::string& where)> body) {
  const auto has = [&](const char* key) { return value.is_object() && value.contains(key); };
  if (has("messages") || has("text") || has(prompt_field.c_str())) return body(value, where);
  if (has("conversations")) return body(of_sharegpt(value, where), where);
  if (has("paragraphs")) {
    for (const ShapedRow& shaped : of_article(value, where, left_out)) body(shaped.row, shaped.where);
  } else if (has("context") && has("question") && has("answers")) {
    const Json row = of_question(value, where, left_out);
    if (!row["messages"].empty()) body(row, where);
  } else if (has("instruction") && (has("output") || has("response"))) {
    body(of_alpaca(value, where), where);
  } else {
    body(value, where);
  }
}

std::string row_text(const Json& row, const std::string& text_field, const std::string& prompt_field,
                     const std::string& completion_field) {
  std::string text;
  if (!row.is_object()) return text;
  for (const std::string& key : {text_field, prompt_field, completion_field})
    if (const auto found = row.find(key); found != row.end()) append_line(text, *found);
  if (const auto messages = row.find("messages"); messages != row.end() && messages->is_array())
    for (const Json& said : *messages) {
      if (!said.is_object() || !said.contains("content")) continue;
      const Json& content = said["content"];
      append_line(text, content);
      for (const Json& part : content.is_array() ? content : Json::array())
        for (const char* key : {"text", "value"})
          if (part.is_object() && part.contains(key)) append_line(text, part[key]);
    }
  return text;
}

}  // namespace bantam
