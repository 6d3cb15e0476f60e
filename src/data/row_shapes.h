// Rows of others' shapes, rewritten to ours (rows.h) before they are encoded:
//
//   ShareGPT   {"conversations": [{"from": "human", "value": …}, {"from": "gpt", "value": …}], "system": …}
//              → "messages"; also with "role" and "content" in the turns
//   SQuAD      an article {"paragraphs": [{"context", "qas": [{"question", "answers": [{"text"}]}]}]} → a row
//              of "messages" for each paragraph: the user gives the context and asks the first question, the
//              assistant answers, the user asks the next; or, flat, a row {"context", "question", "answers"}
//   Alpaca     {"instruction", "input", "output"} (or "response") with "system" and "history" [[question, answer], …] where
//              there are any → "messages": the user gives the instruction and, after an empty line, the input
//
// The first answer that is given is taken. A question without one (SQuAD 2) is left out and counted, for what to
// say to it is not in the data; a paragraph without any question left is no row. What else the row holds stays.
#pragma once
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/json.h"
#include "data/manifest.h"

namespace bantam {

// Takes each row that a JSON value stands for: itself, unless it has one of the shapes above. A row with `prompt_field` has
// ours. `where` is "x.json:17",
// and the paragraph for one of an article. `left_out` counts questions by the reason "unanswerable". Throws RowError with
// wrong_field, missing_field, empty_row or unsupported_field before any row is given.
void for_each_row(const Json& value, const std::string& where, const std::string& prompt_field,
                  Counts& left_out, FunctionRef<void(const Json& row, const std::string& where)> body);

// The texts of a row that it would be trained on, joined by newlines; empty where it has none.
std::string row_text(const Json& row, const std::string& text_field, const std::string& prompt_field,
                     const std::string& completion_field);

}  // namespace bantam
