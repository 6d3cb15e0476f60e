// bantam tokenizer encode, decode (tokenizer_train.cpp, tokenizer_inspect.cpp and tokenizer_import.cpp have the rest).
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/tokenizer_import.h"
#include "cli/tokenizer_inspect.h"
#include "cli/tokenizer_train.h"
#include "formats/compressed.h"
#include "text/tokenizer.h"

namespace bantam::cli {
namespace {

constexpr size_t kLongestLine = size_t{1} << 30;

struct CodingOptions {
  std::string tokenizer;
  std::string special = "none";
  bool jsonl = false, skip_special = false, add_special_tokens = false, json = false;
};

std::string read_stdin() {
  CompressedReader reader("-");
  std::string text, block(size_t{1} << 20, '\0');
  while (const size_t got = reader.read(block)) text.append(block, 0, got);
  return text;
}

void print(std::string_view text) {
  require(std::fwrite(text.data(), 1, text.size(), stdout) == text.size(), ErrorCode::io,
          "standard output: could not be written");
}

// "1 2 3", or with a separator ", " between brackets.
void append_ids(std::string& out, const std::vector<TokenId>& ids, std::string_view separator) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) out += separator;
    out += fmt::format_int(ids[i]).c_str();
  }
}

// Each line of standard input, with its place for messages.
void for_each_line(FunctionRef<void(std::string_view line, const std::string& where)> body) {
  CompressedReader reader("-");
  LineReader lines(reader, kLongestLine);
  for (LineReader::Line line; lines.next(line);) {
    const std::string where = fmt::format("standard input, line {}", line.number);
    require(!line.too_long, ErrorCode::invalid, "{}: is longer than {} bytes", where, kLongestLine);
    body(line.text, where);
  }
}

void encode(const CodingOptions& options) {
  const Tokenizer tokenizer = Tokenizer::load(options.tokenizer);
  const Special special = options.special == "parse" ? Special::parse : Special::none;
  const auto ids_of = [&](std::string_view text) {
    std::vector<TokenId> ids = tokenizer.encode(text, special);
    return options.add_special_tokens ? tokenizer.with_template(ids) : ids;
  };
  std::string out;
  if (options.jsonl) {
    for_each_line([&](std::string_view line, const std::string& where) {
      const Json value = parse_json(line, where);
      require(value.is_string(), ErrorCode::invalid, "{}: is {}; want a JSON string", where,
              value.type_name());
      out = "[";
      append_ids(out, ids_of(value.get_ref<const std::string&>()), ", ");
      print(out += "]\n");
    });
    return;
  }
  const std::string text = read_stdin();
  size_t replaced = 0;
  if (valid_utf8_prefix(text) != text.size()) repaired_utf8(text, &replaced);
  if (replaced > 0)
    log_warning("standard input: {} invalid pieces of UTF-8 were read as U+FFFD", grouped(replaced));
  append_ids(out, ids_of(text), options.json ? ", " : " ");
  print(options.json ? "{\"ids\": [" + out + "]}\n" : out + "\n");
}

TokenId checked_id(uint64_t value, const Tokenizer& tokenizer, const std::string& where) {
  require(value < tokenizer.vocab_size(), ErrorCode::invalid,
          "{}: {} is no token id; the tokenizer has 0 to {}", where, value, tokenizer.vocab_size() - 1);
  return static_cast<TokenId>(value);
}

// Numbers between white space, commas and brackets.
std::vector<TokenId> ids_in(std::string_view text, const Tokenizer& tokenizer) {
  std::vector<TokenId> ids;
  for (size_t at = 0; (at = text.find_first_not_of(" \t\r\n,[]", at)) != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(" \t\r\n,[]", at), text.size());
    const std::string_view word = text.substr(at, end - at);
    require(word.size() <= 10 && word.find_first_not_of("0123456789") == std::string_view::npos,
            ErrorCode::invalid, "standard input, byte {}: \"{}\" is no token id; want whole numbers", at,
            word.substr(0, 40));
    ids.push_back(
        checked_id(std::stoull(std::string(word)), tokenizer, fmt::format("standard input, byte {}", at)));
    at = end;
  }
  return ids;
}

void decode(const CodingOptions& options) {
  const Tokenizer tokenizer = Tokenizer::load(options.tokenizer);
  if (!options.jsonl) {
    const std::string text = tokenizer.decode(ids_in(read_stdin(), tokenizer), options.skip_special);
    print(options.json ? Json{{"text", text}}.dump() + "\n" : text);
    return;
  }
  for_each_line([&](std::string_view line, const std::string& where) {
    const Json value = parse_json(line, where);
    require(value.is_array(), ErrorCode::invalid, "{}: is {}; want a list of ids", where, value.type_name());
    std::vector<TokenId> ids;
    for (const Json& id : value) {
      require(id.is_number_unsigned(), ErrorCode::invalid, "{}: {} is no token id", where, id.dump());
      ids.push_back(checked_id(id.get<uint64_t>(), tokenizer, where));
    }
    print(Json(tokenizer.decode(ids, options.skip_special)).dump() + "\n");
  });
}

CLI::App* add_coding(CLI::App& parent, const char* name, const char* what, CodingOptions& options,
                     void (*run)(const CodingOptions&)) {
  CLI::App* command = parent.add_subcommand(name, what);
  command->add_option("tokenizer", options.tokenizer, "A tokenizer's file or folder")->required();
  command->add_flag("--json", options.json, "The result as one JSON object");
  command->callback([&options, run] { run(options); });
  return command;
}

}  // namespace

void add_tokenizer(CLI::App& app) {
  CLI::App* command = app.add_subcommand("tokenizer", "Train and use tokenizers");
  command->require_subcommand(1);
  add_tokenizer_train(*command);
  static CodingOptions options;
  CLI::App* encode_command =
      add_coding(*command, "encode", "Text from standard input to ids", options, encode);
  encode_command
      ->add_option("--special", options.special, "Special tokens in the text: spelled out, or parsed")
      ->check(CLI::IsMember({"none", "parse"}))
      ->capture_default_str();
  encode_command->add_flag("--jsonl", options.jsonl, "One JSON string a line in, one list of ids a line out");
  encode_command->add_flag("--add-special-tokens", options.add_special_tokens,
                           "Apply the file's post-processor (begin of text and the like)");
  CLI::App* decode_command =
      add_coding(*command, "decode", "Ids from standard input to text", options, decode);
  decode_command->add_flag("--skip-special", options.skip_special, "Leave special tokens out of the text");
  decode_command->add_flag("--jsonl", options.jsonl, "One list of ids a line in, one JSON string a line out");
  add_tokenizer_inspect(*command);
  add_tokenizer_import(*command);
}

}  // namespace bantam::cli
