#include "data/rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "data/row_shapes.h"
#include "formats/image.h"
#include "text/end_tokens.h"
#include "text/unicode.h"
#include "text/vuaf_symbols.h"

namespace bantam {
namespace {

template <class... Args>
[[noreturn]] void fail_row(const char* reason, fmt::format_string<Args...> format, Args&&... args) {
  throw RowError(reason, fmt::format(format, std::forward<Args>(args)...));
}

constexpr std::string_view kUnsupported[] = {"chosen", "rejected",   "image",        "images",
                                             "tools",  "tool_calls", "function_call"};
bool is_unsupported(std::string_view key, const Json& value) {
  const auto found = std::find(std::begin(kUnsupported), std::end(kUnsupported), key);
  return found != std::end(kUnsupported) && !value.empty();
}

const std::string& string_field(const Json& row, const std::string& key, std::string_view where) {
  const Json& value = row.at(key);
  if (!value.is_string()) fail_row("wrong_field", "{}: \"{}\" is not a string", where, key);
  return value.get_ref<const std::string&>();
}

// A string, or the list of {"type": "text", "text": …} that chat interfaces use.
std::string message_content(const Json& content, const std::string& where) {
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array())
    fail_row("wrong_field", "{}: \"content\" is neither a string nor a list of texts", where);
  std::string joined;
  for (const Json& part : content) {
    const auto type = part.is_object() ? part.find("type") : part.end();
    if (!part.is_object() || type == part.end() || *type != "text")
      fail_row("unsupported_field", "{}: \"content\" holds a part that is no text", where);
    const auto text = part.contains("text") ? part.find("text") : part.find("value");
    if (text == part.end() || !text->is_string())
      fail_row("wrong_field", "{}: a part of \"content\" has no text", where);
    joined += text->get_ref<const std::string&>();
  }
  return joined;
}

class RowBuilder {
 public:
  RowBuilder(const RowFormat& format, std::string_view where) : format_(format), where_(where) {}

  EncodedRow take() {
    const auto is_target = [](uint8_t m) { return m != 0; };
    const bool masked = !std::all_of(row_.mask.begin(), row_.mask.end(), is_target);
    if (masked && !row_.label) check_learns();
    if (format_.learn == Learn::everything || !masked) row_.mask.clear();
    if (!row_.pixels.empty()) put_patches();
    if (masked || row_.label || !row_.pixels.empty()) check_fits();
    return std::move(row_);
  }
  EncodedRow& row() { return row_; }

  void text(std::string_view text, bool target) {
    format_.tokenizer.encode(text, Special::none, row_.tokens);
    row_.mask.resize(row_.tokens.size(), target);
    row_.text_bytes += text.size();
  }
  void token(std::optional<TokenId> token, bool target) {
    if (!token) return;
    row_.tokens.push_back(*token);
    row_.mask.push_back(target);
  }

  void document(std::string_view content) {
    if (content.empty()) fail_row("empty_row", "{}: \"{}\" is empty", where_, format_.text_field);
    token(format_.begin_token, true);
    token(category_token(), true);
    text(content, true);
    token(format_.end_token, true);
  }

  void completion(std::string_view prompt, std::string_view completion) {
    if (completion.empty()) fail_row("empty_row", "{}: \"{}\" is empty", where_, format_.completion_field);
    token(format_.begin_token, false);
    token(category_token(), false);
    text(prompt, false);
    format_.tokenizer.encode_between(completion, row_.tokens);  // it goes on with a text
    row_.mask.resize(row_.tokens.size(), true);
    row_.text_bytes += completion.size();
    token(format_.end_token, true);
  }

  void conversation(std::span<const ChatMessage> messages) {
    require(format_.chat.has_value(), ErrorCode::usage,
            "{}: is a chat row, and the tokenizer has no {} and {}; train one with --special for both",
            where_, ChatFormat::kTurnBegin, ChatFormat::kTurnEnd);
    ChatIds chat = conversation_ids(messages);
    row_.tokens = std::move(chat.ids);
    row_.mask = std::move(chat.is_target);
    for (const ChatMessage& message : messages) row_.text_bytes += message.content.size();
  }

  // After all tokens.
  void decision(const Json& row) {
    const auto found = row.find("decision"), at = row.find("decision_position");
    const bool has = found != row.end() && !found->is_null(), has_at = at != row.end() && !at->is_null();
    if (has_at && !has) fail_row("wrong_field", "{}: has \"decision_position\" and no \"decision\"", where_);
    if (!has) return;
    const int64_t label = integer(*found, "decision");
    if (label < 0 || label >= format_.decision_classes)
      fail_row("wrong_field", "{}: \"decision\" is {}; want a class from 0 to {}", where_, label,
               format_.decision_classes - 1);
    const int64_t positions = static_cast<int64_t>(row_.tokens.size()) - 1;
    if (positions < 1)
      fail_row("wrong_field", "{}: has a \"decision\" and {} token; want two or more", where_,
               row_.tokens.size());
    int64_t position = has_at ? integer(*at, "decision_position") : -1;
    if (position < -positions || position >= positions)
      fail_row("wrong_field", "{}: \"decision_position\" is {}; the row has positions 0 to {}, or -{} to -1",
               where_, position, positions - 1, positions);
    if (position < 0) position += positions;
    row_.label = DocumentLabel{static_cast<int32_t>(label), static_cast<uint32_t>(position)};
  }

  void image(const Json& row, const std::filesystem::path& folder) {
    const auto found = row.find("image");
    if (found == row.end() || found->is_null()) return;
    const std::string& name = string_field(row, "image", where_);
    if (name.empty()) fail_row("wrong_field", "{}: \"image\" is empty; want the path of a file", where_);
    if (!format_.images)
      fail_row("unsupported_field",
               "{}: has an \"image\", and nothing says what images the model takes: give --image-size and "
               "--patch-size, in a run a model with embed.patches; or remove the row",
               where_);
    try {
      row_.pixels = letterboxed(read_image(folder / name), static_cast<size_t>(format_.images->size));
    } catch (const Error& error) {
      throw RowError("invalid_image", fmt::format("{}: image {}", where_, error.what()));
    }
  }

 private:
  // Patches before the tokens. The first of these is not predicted either: a patch would have to.
  void put_patches() {
    if (row_.tokens.size() < 2)
      fail_row("no_target", "{}: has an image and a text of one token; want two or more", where_);
    if (row_.mask.empty()) row_.mask.assign(row_.tokens.size(), 1);
    row_.mask.front() = 0;
    const size_t patches = static_cast<size_t>(format_.images->patches());
    row_.tokens.insert(row_.tokens.begin(), patches, kPatchToken);
    row_.mask.insert(row_.mask.begin(), patches, 0);
    if (row_.label) row_.label->position += static_cast<uint32_t>(patches);
  }
  int64_t integer(const Json& value, const char* key) const {
    if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX))
      fail_row("wrong_field", "{}: \"{}\" is not a whole number", where_, key);
    return value.get<int64_t>();
  }
  std::optional<TokenId> category_token() const {
    try {
      return format_.category_token(row_.category);
    } catch (const Error& error) {
      throw RowError("wrong_field", fmt::format("{}: {}", where_, error.what()));
    }
  }
  ChatIds conversation_ids(std::span<const ChatMessage> messages) const {
    try {
      return format_.chat->conversation(messages, row_.category);
    } catch (const Error& error) {
      throw RowError("wrong_field", fmt::format("{}: {}", where_, error.what()));
    }
  }
  void check_learns() const {
    if (std::none_of(row_.mask.begin() + 1, row_.mask.end(), [](uint8_t m) { return m != 0; }))
      fail_row("no_target", "{}: nothing in it is to be learnt: no message is the assistant's", where_);
  }
  void check_fits() const {
    const uint64_t positions = row_.tokens.size() - 1;  // the last token is only ever predicted
    if (format_.context != 0 && positions > format_.context)
      fail_row("too_long", "{}: takes {} positions, the context has {}; {} are not cut: raise the context",
               where_, positions, format_.context,
               !row_.pixels.empty() ? "rows with an image"
               : row_.label         ? "rows with a decision"
                                    : "conversations");
  }

  const RowFormat& format_;
  std::string_view where_;
  EncodedRow row_;
};

ChatRole message_role(const Json& message, const std::string& where) {
  try {
    return chat_role_named(string_field(message, "role", where));
  } catch (const RowError&) {
    throw;
  } catch (const Error& error) {
    throw RowError("wrong_field", fmt::format("{}: {}", where, error.what()));
  }
}

std::vector<ChatMessage> read_messages(const Json& list, std::string_view where) {
  if (!list.is_array()) fail_row("wrong_field", "{}: \"messages\" is not a list", where);
  if (list.empty()) fail_row("empty_row", "{}: \"messages\" is empty", where);
  std::vector<ChatMessage> messages;
  for (const Json& message : list) {
    const std::string here = fmt::format("{}: message {}", where, messages.size() + 1);
    if (!message.is_object() || !message.contains("role") || !message.contains("content"))
      fail_row("missing_field", "{}: want an object with \"role\" and \"content\"", here);
    for (const auto& [key, value] : message.items())
      if (is_unsupported(key, value)) fail_row("unsupported_field", "{}: \"{}\" cannot be packed", here, key);
    messages.push_back({message_role(message, here), message_content(message["content"], here)});
  }
  return messages;
}

void encode_fields(const Json& row, const RowFormat& format, RowBuilder& builder, std::string_view where) {
  const bool has_text = row.contains(format.text_field), has_messages = row.contains("messages");
  const bool has_prompt = row.contains(format.prompt_field) && row.contains(format.completion_field);
  if (has_text + has_messages + has_prompt != 1) {
    std::string keys;
    for (const auto& [key, value] : row.items()) keys += (keys.empty() ? "" : ", ") + key;
    fail_row("missing_field",
             "{}: has {}; want one of \"{}\", \"messages\", \"conversations\", \"instruction\" with "
             "\"output\", or \"{}\" with \"{}\"; other keys are named by --text-field, --prompt-field, "
             "--completion-field",
             where, keys.empty() ? "no keys" : keys, format.text_field, format.prompt_field,
             format.completion_field);
  }
  if (has_text) return builder.document(string_field(row, format.text_field, where));
  if (has_messages) return builder.conversation(read_messages(row["messages"], where));
  const std::string& prompt = string_field(row, format.prompt_field, where);
  const std::string& completion = string_field(row, format.completion_field, where);
  if (!format.prompts_as_chat) return builder.completion(prompt, completion);
  if (completion.empty()) fail_row("empty_row", "{}: \"{}\" is empty", where, format.completion_field);
  builder.conversation(std::vector<ChatMessage>{{ChatRole::user, prompt}, {ChatRole::assistant, completion}});
}

}  // namespace

RowFormat row_format(Tokenizer tokenizer) {
  RowFormat format{.tokenizer = std::move(tokenizer)};
  const std::vector<TokenId>& prefix = format.tokenizer.model().prefix();
  if (prefix.size() == 1) format.begin_token = prefix[0];
  format.end_token = text_end(format.tokenizer);
  if (ChatFormat::known_to(format.tokenizer)) format.chat.emplace(format.tokenizer);
  return format;
}

void require_utf8(std::string_view text, std::string_view where) {
  const size_t valid = valid_utf8_prefix(text);
  if (valid == text.size()) return;
  const bool utf16 = text.substr(0, 2) == "\xff\xfe" || text.substr(0, 2) == "\xfe\xff";
  fail_row("invalid_utf8", "{}: byte {} of the line, 0x{:02x}, is not UTF-8{}", where, valid + 1,
           static_cast<unsigned char>(text[valid]),
           utf16 ? "; the file looks like UTF-16: convert it with iconv" : "");
}

std::optional<TokenId> RowFormat::category_token(const std::string& category) const {
  if (category.empty() || !chat || chat->name() != "vuaf") return std::nullopt;
  const auto id = tokenizer.special_id_of(VuafSymbols::category_symbol(category));
  require(id.has_value(), ErrorCode::invalid, "the tokenizer has no category \"{}\"", category);
  return id;
}

Json parse_row(std::string_view line, std::string_view where) {
  require_utf8(line, where);
  Json row;
  try {
    row = parse_json(line, where);
  } catch (const Error& error) {
    throw RowError("invalid_json", error.what());
  }
  if (!row.is_object()) fail_row("invalid_json", "{}: is not a JSON object", where);
  return row;
}

EncodedRow encode_json_row(std::string_view line, const RowFormat& format, std::string_view where,
                           const std::filesystem::path& folder) {
  Counts left_out;
  std::vector<EncodedRow> rows;
  for_each_row(parse_row(line, where), std::string(where), format.prompt_field, left_out,
               [&](const Json& row, const std::string& here) {
                 rows.push_back(encode_row(row, format, here, folder));
               });
  if (rows.size() != 1) fail_row("wrong_field", "{}: holds {} conversations; want one", where, rows.size());
  return std::move(rows[0]);
}

EncodedRow encode_row(const Json& row, const RowFormat& format, std::string_view where,
                      const std::filesystem::path& folder, const std::string& category) {
  RowBuilder builder(format, where);
  builder.row().category = row.contains("category") ? string_field(row, "category", where) : category;
  if (const auto meta = row.find("meta"); meta != row.end() && !meta->is_null())
    builder.row().meta = meta->dump();
  encode_fields(row, format, builder, where);
  builder.decision(row);
  for (const auto& [key, value] : row.items()) {
    if (key != "image" && is_unsupported(key, value))
      fail_row("unsupported_field", "{}: \"{}\" cannot be packed yet; remove it or the row", where, key);
    if (key != "category" && key != format.text_field && key != "messages" && key != format.prompt_field &&
        key != format.completion_field && key != "meta" && key != "decision" && key != "decision_position" &&
        key != "image") {
      builder.row().ignored_fields.push_back(key);
    }
  }
  builder.image(row, folder);
  return builder.take();
}

}  // namespace bantam
