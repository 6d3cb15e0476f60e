// One line of JSONL becomes one document of tokens. A row has
//   "text": any string                      every token is to be predicted
//   "messages": [{"role", "content"}, …]    a conversation in the tokenizer's form (text/chat.h); only what the assistant says, and its end of turn
//   "prompt", "completion": strings         only the completion and the end of the document
// or is one of the shapes of row_shapes.h, which become conversations
// (of the last two every token with Learn::everything)
// and may have "decision" (a class for the decision head, from 0) with "decision_position" (the token that it is read at,
// the begin token counted; from the end when negative, -1 the last position of the row, which is also where it is read
// without one: the row's last token is only ever predicted), "image" (a PNG or JPEG file, its path relative to the row's file;
// its patches stand before the row's text, are not counted by decision_position, and neither they nor the text's first token
// are predicted),
// "category" (a string; in VUAF's form its token opens conversations, and follows the begin token of texts) and "meta" (anything;
// both are kept in columns). Other keys are counted as ignored,
// but for those that later stages give a meaning to: they are errors, since a row without them would be
// another row.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "data/manifest.h"
#include "text/chat.h"
#include "text/tokenizer.h"

namespace bantam {

struct RowFormat {
  Tokenizer tokenizer;
  std::optional<TokenId> begin_token = {}, end_token = {};  // around text documents
  std::optional<ChatFormat> chat = {};                      // absent: chat rows are errors
  std::string text_field = "text", prompt_field = "prompt", completion_field = "completion";
  bool prompts_as_chat = false;  // prompt and completion are a user's and the assistant's turn
  Learn learn = Learn::answers;
  uint64_t context =
      0;  // positions that conversations, completions and rows with a decision must fit; 0: any
  int32_t decision_classes = kMostLabels;  // decisions are below
  std::optional<PackImages> images = {};   // absent: rows with an image are errors

  // The token of a category in texts; none where the form has no categories. invalid: it has, and not this one.
  std::optional<TokenId> category_token(const std::string& category) const;
};

// With the tokens of `tokenizer` that begin and end a text, and its conversations where it has a form for them.
RowFormat row_format(Tokenizer tokenizer);

// Why a row or line cannot be packed; the key of the manifest's counts.
class RowError : public Error {
 public:
  RowError(std::string reason, const std::string& message)
      : Error(ErrorCode::invalid, message), reason_(std::move(reason)) {}
  const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

struct EncodedRow {
  std::vector<TokenId> tokens;
  std::vector<uint8_t> mask;  // of the size of tokens, 1 = to be predicted; empty: all are
  uint64_t text_bytes = 0;
  std::optional<DocumentLabel> label;
  std::vector<uint8_t> pixels;  // of its image, as RowFormat::images says; empty: none
  std::string category, meta;   // meta: JSON as it stood in the row, without white space; empty: none
  std::vector<std::string> ignored_fields;
};

// `where` opens messages ("x.jsonl:17"); images lie in `folder`. Throws RowError with one of the reasons invalid_utf8,
// invalid_json, invalid_image, missing_field, wrong_field, unsupported_field, empty_row, no_target, too_long.
EncodedRow encode_json_row(std::string_view line, const RowFormat& format, std::string_view where,
                           const std::filesystem::path& folder = {});
// The same of a row that was parsed, and has one of our shapes. `category`: of a row that names none.
EncodedRow encode_row(const Json& row, const RowFormat& format, std::string_view where,
                      const std::filesystem::path& folder = {}, const std::string& category = {});
Json parse_row(std::string_view line, std::string_view where);  // an object; RowError

// Throws RowError invalid_utf8, naming the byte.
void require_utf8(std::string_view text, std::string_view where);

}  // namespace bantam
