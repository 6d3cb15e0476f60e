// bantam tokenizer inspect: what a tokenizer's file holds, and what it makes of a text.
#include "cli/tokenizer_inspect.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/progress.h"
#include "cli/tokenizer_train.h"
#include "text/byte_level.h"
#include "text/text_figures.h"

namespace bantam::cli {
namespace {

constexpr size_t kLongestShown = 10;

struct InspectOptions {
  std::string tokenizer;
  std::vector<std::string> texts;
  bool json = false;
};

// What only byte-level BPE has.
Json merges_report(const TokenizerDefinition& definition) {
  return {{"merges", definition.merges.size()},
          {"split", split_name(definition.split)},
          {"individual_digits", definition.individual_digits},
          {"add_prefix_space", definition.add_prefix_space},
          {"normalizer", definition.nfc ? Json("NFC") : Json(nullptr)},
          {"ignore_merges", definition.ignore_merges}};
}

// Tokens that are found in text before anything else, and special ones.
Json added_tokens(const Tokenizer& tokenizer, bool has_definition) {
  Json added = Json::array();
  const auto add = [&](TokenId id, const std::string& content, bool special) {
    added.push_back({{"id", id}, {"content", content}, {"special", special}});
  };
  if (has_definition) {
    for (const AddedToken& token : tokenizer.definition().added) add(token.id, token.content, token.special);
    return added;
  }
  for (TokenId id = 0; static_cast<size_t>(id) < tokenizer.vocab_size(); ++id)
    if (tokenizer.is_special(id)) add(id, tokenizer.token(id), true);
  return added;
}

Json longest_report(const Tokenizer& tokenizer) {
  Json list = Json::array();
  for (const TokenId id : longest_tokens(tokenizer, kLongestShown))
    list.push_back({{"id", id},
                    {"bytes", tokenizer.token_bytes(id).size()},
                    {"text", repaired_utf8(tokenizer.token_bytes(id))}});
  return list;
}

Json vocabulary_report(const Tokenizer& tokenizer, const std::string& file) {
  const TokenModel& model = tokenizer.model();
  const bool has_definition = dynamic_cast<const ByteLevelBpe*>(&model) != nullptr;
  Json sorts = Json::object();
  for (const auto& [name, count] : sorts_of_tokens(tokenizer)) sorts[std::string(name)] = count;
  Json report = {{"file", file},
                 {"sha256", tokenizer.sha256()},
                 {"model", model.kind()},
                 {"vocab_size", tokenizer.vocab_size()}};
  if (has_definition) report.update(merges_report(tokenizer.definition()));
  const Json longest = longest_report(tokenizer);
  report.update({{"longest_token_bytes", longest.empty() ? Json(0) : longest[0]["bytes"]},
                 {"bytes_without_token", bytes_without_token(tokenizer)},
                 {"template_prefix", model.prefix()},
                 {"template_suffix", model.suffix()},
                 {"tokens", std::move(sorts)},
                 {"longest_tokens", longest},
                 {"added_tokens", added_tokens(tokenizer, has_definition)}});
  return report;
}

Json text_report(const Tokenizer& tokenizer, const std::string& path) {
  TextFigures figures(tokenizer);
  add_training_file(path, figures);
  return {{"text", path},
          {"bytes", figures.bytes()},
          {"tokens", figures.tokens()},
          {"bytes_per_token", figures.bytes_per_token()},
          {"words", figures.words()},
          {"fertility", figures.fertility()},
          {"characters", figures.characters()},
          {"coverage", figures.coverage()},
          {"tokens_used", figures.used()},
          {"reversible", figures.reversible()}};
}

void print_report(const Json& report) {
  for (const auto& [key, value] : report.items()) {
    if (value.is_string())
      fmt::print("{:20} {}\n", key, value.get<std::string>());
    else if (!value.is_object() && (!value.is_array() || value.empty() || !value[0].is_object()))
      fmt::print("{:20} {}\n", key, value.dump());
  }
  for (const auto& [sort, count] : report["tokens"].items())
    fmt::print("{:20} {} of {}\n", "tokens", grouped(count.get<uint64_t>()), sort);
  for (const Json& token : report["longest_tokens"])
    fmt::print("{:20} {} {} ({} bytes)\n", "long token", token["id"].get<TokenId>(), token["text"].dump(),
               token["bytes"].get<size_t>());
  for (const Json& token : report["added_tokens"])
    fmt::print("{:20} {} {}{}\n", "added token", token["id"].get<TokenId>(),
               token["content"].get<std::string>(), token["special"].get<bool>() ? "" : " (text)");
  if (!report.contains("texts")) return;
  for (const Json& text : report["texts"])
    fmt::print(
        "{:20} {}: {} bytes, {:.3f} a token; {:.3f} tokens a word; {:.2f} % of characters whole in a token; "
        "{} different tokens{}\n",
        "text", text["text"].get<std::string>(), grouped(text["bytes"].get<uint64_t>()),
        text["bytes_per_token"].get<double>(), text["fertility"].get<double>(),
        100 * text["coverage"].get<double>(), grouped(text["tokens_used"].get<uint64_t>()),
        text["reversible"].get<bool>() ? "" : "; decoding gives another text");
}

void inspect(const InspectOptions& options) {
  const std::filesystem::path file = tokenizer_file(options.tokenizer);
  const Tokenizer tokenizer = Tokenizer::load(file);
  Json report = vocabulary_report(tokenizer, file.string());
  for (const std::string& text : options.texts) report["texts"].push_back(text_report(tokenizer, text));
  if (options.json)
    fmt::print("{}", dump_json(report));
  else
    print_report(report);
}

}  // namespace

void add_tokenizer_inspect(CLI::App& tokenizer_command) {
  static InspectOptions options;
  CLI::App* command = tokenizer_command.add_subcommand(
      "inspect",
      "What a tokenizer's file holds; with --text, what it makes of texts: bytes a token, tokens a word, the "
      "share of characters that stand whole in a token");
  command->add_option("tokenizer", options.tokenizer, "A tokenizer's file or folder")->required();
  command
      ->add_option("--text", options.texts,
                   "Text or JSONL files (.gz, .xz, .zst too), or - for standard input")
      ->expected(1, 1 << 20)
      ->allow_extra_args(false);
  command->add_flag("--json", options.json, "The result as one JSON object");
  command->callback([] { inspect(options); });
}

}  // namespace bantam::cli
