// bantam pack: text, JSONL, chat rows and token files to a pack.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/pack.h"
#include "cli/size_option.h"
#include "data/pack.h"
#include "data/pack_reader.h"
#include "data/row_plan.h"

namespace bantam::cli {
namespace {

constexpr int kMostValues = 1 << 20;  // of one option

struct PackCommand {
  std::string tokenizer, out, begin, end, documents = "file", separator;
  std::vector<std::string> sources, licences;
  int32_t decision_classes = kMostLabels;
  uint64_t image_size = 0, patch_size = 0;
  uint64_t context = 0, longest_line = SourceReader::Options().longest_line, shard_tokens = 256 << 20;
  std::string text_field = "text", prompt_field = "prompt", completion_field = "completion";
  double valid_fraction = 0;
  int threads = 0;
  std::string dedupe = "none";
  std::optional<double> similarity;
  std::vector<std::string> decontaminate;
  bool decontaminate_list = false, category_from_folder = false;
  bool skip_invalid = false, prompts_as_chat = false, learn_everything = false, json = false;
};

// The token that an option names; without one `fallback`, and "none" for none.
std::optional<TokenId> boundary_token(const Tokenizer& tokenizer, const std::string& option, const char* name,
                                      std::optional<TokenId> fallback) {
  if (option.empty()) return fallback;
  if (option == "none") return std::nullopt;
  const auto id = tokenizer.id_of(option);
  require(id.has_value(), ErrorCode::usage, "{} {}: the tokenizer has no such token", name, option);
  return id;
}

RowFormat format_of(const PackCommand& command) {
  RowFormat format = row_format(Tokenizer::load(command.tokenizer));
  format.begin_token = boundary_token(format.tokenizer, command.begin, "--begin", format.begin_token);
  format.end_token = boundary_token(format.tokenizer, command.end, "--end", format.end_token);
  format.text_field = command.text_field;
  format.prompt_field = command.prompt_field;
  format.completion_field = command.completion_field;
  format.prompts_as_chat = command.prompts_as_chat;
  format.learn = command.learn_everything ? Learn::everything : Learn::answers;
  format.context = command.context;
  format.decision_classes = command.decision_classes;
  require(command.image_size == 0 || command.image_size % command.patch_size == 0, ErrorCode::usage,
          "--patch-size: {} does not divide the --image-size {}", command.patch_size, command.image_size);
  if (command.image_size > 0) format.images = PackImages{command.image_size, command.patch_size};
  return format;
}

void set_licences(const std::vector<std::string>& licences, std::vector<SourceSpec>& sources) {
  for (const std::string& licence : licences) {
    const size_t equals = licence.find('=');
    bool found = false;
    for (SourceSpec& source : sources) {
      const bool named = equals == std::string::npos || source.path == licence.substr(0, equals) ||
                         source.path.filename() == licence.substr(0, equals);
      if (named) source.licence = licence.substr(equals == std::string::npos ? 0 : equals + 1);
      found |= named;
    }
    require(found, ErrorCode::usage, "--licence {}: names none of the sources; want NAME=LICENCE or LICENCE",
            licence);
  }
}

PackOptions pack_options(const PackCommand& command) {
  PackOptions options{.sources = {}, .out = command.out, .format = format_of(command)};
  for (const std::string& source : command.sources) options.sources.push_back(parse_source(source));
  set_licences(command.licences, options.sources);
  options.read.separator = command.separator;
  options.read.documents = !command.separator.empty()          ? DocumentRule::separator
                           : command.documents == "line"       ? DocumentRule::line
                           : command.documents == "blank-line" ? DocumentRule::blank_line
                                                               : DocumentRule::file;
  options.read.longest_line = command.longest_line;
  options.skip_invalid = command.skip_invalid;
  options.valid_fraction = command.valid_fraction;
  options.shard_tokens = command.shard_tokens;
  options.category_from_folder = command.category_from_folder;
  options.filter.dedupe = command.dedupe == "exact"  ? Dedupe::exact
                          : command.dedupe == "near" ? Dedupe::near
                                                     : Dedupe::none;
  require(!command.similarity || options.filter.dedupe == Dedupe::near, ErrorCode::usage,
          "--similarity: is that of near duplicates; wanted --dedupe near with it");
  if (command.similarity) options.filter.similarity = *command.similarity;
  options.filter.decontaminate.assign(command.decontaminate.begin(), command.decontaminate.end());
  options.filter.list_only = command.decontaminate_list;
  require(!command.decontaminate_list || !command.decontaminate.empty(), ErrorCode::usage,
          "--decontaminate-list: lists what --decontaminate finds; name its evaluations");
  return options;
}

// What training would see of a split at the context: rows, and how much of them is padding.
struct Fill {
  uint64_t documents = 0, tokens = 0, text_bytes = 0, rows = 0;
  double padding = 0;
};

Fill fill_of(const Pack& pack, const std::string& split, uint64_t context) {
  Fill fill;
  std::vector<const Shard*> shards;
  for (const Shard& shard : pack.shards())
    if (shard.info().split == split) {
      shards.push_back(&shard);
      fill.documents += shard.documents();
      fill.tokens += shard.info().tokens;
      fill.text_bytes += shard.info().text_bytes;
    }
  if (context == 0 || shards.empty()) return fill;
  const RowPlan plan(shards, static_cast<uint32_t>(context));
  fill.rows = plan.rows();
  fill.padding = 1 - static_cast<double>(plan.positions()) / static_cast<double>(plan.rows() * context);
  return fill;
}

Json split_json(const Fill& fill, uint64_t context) {
  Json json = {{"documents", fill.documents}, {"tokens", fill.tokens}, {"text_bytes", fill.text_bytes}};
  if (context != 0) json["rows"] = fill.rows, json["padding"] = fill.padding;
  return json;
}

void print_json(const PackCommand& command, const Pack& pack, const PackResult& result, double seconds) {
  Json splits = Json::object(), sources = Json::array();
  for (const char* split : {"train", "valid"})
    if (pack.tokens(split) > 0)
      splits[split] = split_json(fill_of(pack, split, command.context), command.context);
  uint64_t skipped = 0;
  for (const PackSource& source : result.manifest.sources) {
    Counts files;
    for (const PackFile& file : source.files) files.add("rows", file.rows), files.add("tokens", file.tokens);
    sources.push_back({{"name", source.name},
                       {"files", source.files.size()},
                       {"documents", files.by_name["rows"]},
                       {"tokens", files.by_name["tokens"]},
                       {"skipped", source.skipped.by_name},
                       {"left_out", source.left_out.value_or(Counts{}).by_name},
                       {"ignored_fields", source.ignored_fields.by_name}});
    skipped += source.skipped.total();
  }
  fmt::print("{}", dump_json({{"out", command.out},
                              {"sha256", pack.sha256()},
                              {"vocab_size", result.manifest.tokenizer.vocab_size},
                              {"splits", splits},
                              {"sources", sources},
                              {"skipped", skipped},
                              {"complaints", result.complaints},
                              {"resumed_shards", result.resumed_shards},
                              {"seconds", seconds}}));
}

void print_source(const PackSource& source) {
  uint64_t rows = 0, tokens = 0;
  for (const PackFile& file : source.files) rows += file.rows, tokens += file.tokens;
  fmt::print("  {}: {} documents, {} tokens", source.name, grouped(rows), grouped(tokens));
  if (source.weight) fmt::print(", weight {}", *source.weight);
  for (const auto& [name, count] : source.categories.by_name)
    fmt::print(", {} {}", grouped(count), printable(name));
  for (const auto& [reason, count] : source.skipped.by_name)
    fmt::print(", {} skipped: {}", grouped(count), reason);
  if (source.left_out)
    for (const auto& [reason, count] : source.left_out->by_name)
      fmt::print(", {} left out: {}", grouped(count), reason);
  if (!source.ignored_fields.by_name.empty()) {
    fmt::print("; not used:");
    for (const auto& [name, count] : source.ignored_fields.by_name) fmt::print(" {}", printable(name));
  }
  fmt::print("\n");
}

void print_filters(const PackCommand& command, const PackFilters& filters) {
  for (const PackEvaluation& evaluation : filters.evaluations)
    fmt::print("  held against {}: {} texts{}\n", evaluation.name, grouped(evaluation.texts),
               evaluation.too_short == 0
                   ? ""
                   : fmt::format(", {} of them too short to be recognised", grouped(evaluation.too_short)));
  if (filters.listed)
    fmt::print("  {} contaminated documents are listed and stay\n", grouped(filters.listed->total()));
  fmt::print("  what was left out or listed, and why: {}\n",
             (std::filesystem::path(command.out) / "filtered.txt").string());
}

void print_report(const PackCommand& command, const Pack& pack, const PackResult& result, double seconds) {
  fmt::print("{}: packed in {}\n", command.out, duration_text(seconds));
  for (const PackSource& source : result.manifest.sources) print_source(source);
  if (const auto& filters = result.manifest.filters) print_filters(command, *filters);
  for (const char* split : {"train", "valid"}) {
    if (pack.tokens(split) == 0) continue;
    const Fill fill = fill_of(pack, split, command.context);
    fmt::print("{}: {} documents, {} tokens", split, grouped(fill.documents), grouped(fill.tokens));
    if (fill.text_bytes > 0)
      fmt::print(" from {} of text ({:.2f} bytes a token)", bytes_text(static_cast<double>(fill.text_bytes)),
                 static_cast<double>(fill.text_bytes) / static_cast<double>(fill.tokens));
    if (command.context != 0)
      fmt::print("; {} rows of {}, {:.1f} % padding", grouped(fill.rows), command.context,
                 100 * fill.padding);
    fmt::print("\n");
  }
}

void run(const PackCommand& command) {
  if (command.threads > 0) set_thread_count(command.threads);
  const InterruptScope interrupt;
  const Clock::time_point start = Clock::now();
  const PackOptions options = pack_options(command);
  PackResult result;
  {
    std::optional<Progress> progress;
    std::string doing;
    result = write_pack(options, [&](const PackProgress& state) {
      if (!progress || doing != state.doing)
        progress.emplace(doing = state.doing, state.bytes_total, Progress::Unit::bytes);
      progress->at(state.bytes_read);
      return !interrupted();
    });
  }
  warn_skipped(result, options.out);
  if (result.resumed_shards > 0)
    log_note("{}: went on from {} whole shards of an interrupted run", command.out, result.resumed_shards);
  const Pack pack(options.out);
  if (command.json)
    print_json(command, pack, result, seconds_since(start));
  else
    print_report(command, pack, result, seconds_since(start));
}

CLI::Option* add_list(CLI::App& command, const char* name, std::vector<std::string>& values,
                      const char* what) {
  return command.add_option(name, values, what)->expected(1, kMostValues)->allow_extra_args(false);
}

void add_row_options(CLI::App& command, PackCommand& options) {
  command.add_option("--begin", options.begin,
                     "Token before each document, or none (default: the tokenizer's own)");
  command.add_option("--end", options.end,
                     "Token after each document, or none (default: <|endoftext|> or its like)");
  command
      .add_option("--documents", options.documents,
                  "What makes a document of a text file: file, line or blank-line")
      ->check(CLI::IsMember({"file", "line", "blank-line"}))
      ->capture_default_str();
  command.add_option("--separator", options.separator,
                     "Text that stands between documents, such as <|endoftext|>");
  command.add_option("--text-field", options.text_field, "Key of a row's text")->capture_default_str();
  command.add_option("--prompt-field", options.prompt_field, "Key of a row's prompt")->capture_default_str();
  command.add_option("--completion-field", options.completion_field, "Key of a row's completion")
      ->capture_default_str();
  command.add_flag("--prompts-as-chat", options.prompts_as_chat,
                   "Prompts and completions become conversations");
  command
      .add_option("--decision-classes", options.decision_classes,
                  "Classes that the rows' \"decision\" may name, from 0")
      ->check(CLI::Range(2, kMostLabels));
  CLI::Option* size =
      command
          .add_option(
              "--image-size", options.image_size,
              "Side of the rows' images (\"image\": FILE) in pixels, as the model's config has it; its "
              "patches stand before the text, and neither they nor the text's first token are learnt")
          ->check(CLI::Range(1, 1024));
  CLI::Option* patch = command.add_option("--patch-size", options.patch_size, "Side of a patch of them")
                           ->check(CLI::Range(1, 256));
  size->needs(patch), patch->needs(size);
  command.add_flag("--learn-everything", options.learn_everything,
                   "Questions and prompts are to be predicted, too, not the answers alone");
}

void add_filter_options(CLI::App& command, PackCommand& options) {
  command
      .add_option(
          "--dedupe", options.dedupe,
          "Leave out a document whose text an earlier one has: exact (but for white space), or near (a "
          "similar one, too, by MinHash over runs of 5 words)")
      ->check(CLI::IsMember({"none", "exact", "near"}))
      ->capture_default_str();
  command
      .add_option("--similarity", options.similarity,
                  fmt::format("From which share of runs in common texts are near (default: {})",
                              FilterOptions().similarity))
      ->check(CLI::Range(0.5, 1.0));
  add_list(command, "--decontaminate", options.decontaminate,
           "Evaluation files (text or JSON rows): leave out documents that have 13 words in a row with one "
           "in common");
  command.add_flag("--decontaminate-list", options.decontaminate_list,
                   "List such documents in filtered.txt and keep them");
  command.add_flag("--category-from-folder", options.category_from_folder,
                   "A document without a category has the name of its folder below the source");
}

}  // namespace

std::string printable(std::string text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto after = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7f) text[i] = '?';
    if (byte == 0xc2 && after >= 0x80 && after < 0xa0) text[i] = text[i + 1] = '?';
  }
  return text;
}

void warn_skipped(const PackResult& result, const std::filesystem::path& pack) {
  uint64_t skipped = 0;
  for (const PackSource& source : result.manifest.sources) skipped += source.skipped.total();
  for (const std::string& complaint : result.complaints) log_warning("skipped: {}", complaint);
  if (skipped > result.complaints.size())
    log_warning("skipped: {} more; all are in {}", grouped(skipped - result.complaints.size()),
                (pack / "skipped.txt").string());
}

void add_pack(CLI::App& app) {
  static PackCommand options;
  CLI::App* command = app.add_subcommand(
      "pack", "Turn text, JSON rows and conversations into a pack of .npy columns; pack inspect shows one");
  command->add_option("--tokenizer", options.tokenizer, "A tokenizer's file or folder (required)");
  command->add_option("--out", options.out, "Folder of the pack; replaced as a whole (required)");
  add_list(*command, "--source,source", options.sources,
           "PATH[:WEIGHT][:train|valid]: text, .jsonl or .json (.gz, .xz, .zst too), .npy tokens, a "
           "folder, or -; a weight is the source's share of its split (required)")
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args();
  add_list(*command, "--licence", options.licences,
           "LICENCE, or NAME=LICENCE for one source; kept in pack.json");
  command
      ->add_option("--context", options.context,
                   "Positions that chat rows, labelled rows and rows with an image must fit, and that the "
                   "report counts in")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 20));
  command
      ->add_option("--valid-fraction", options.valid_fraction, "Share of the documents of train to hold out")
      ->check(CLI::Range(0.0, 0.99));
  add_row_options(*command, options);
  add_filter_options(*command, options);
  command->add_flag(
      "--skip-invalid", options.skip_invalid,
      "Leave out and count rows and lines that cannot be packed, instead of stopping at the first");
  add_size_option(*command, "--longest-line", options.longest_line, "Bytes of a row at most", "64Mi");
  add_size_option(*command, "--shard-tokens", options.shard_tokens, "Tokens of a shard, about", "256Mi");
  command->add_option("--threads", options.threads, "Threads; the pack does not depend on them")
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", options.json, "The result as one JSON object");
  CLI::App* inspect = add_pack_inspect(*command);
  command->callback([command, inspect] {
    if (command->got_subcommand(inspect)) return;
    // Not required() of the options themselves: `pack inspect` goes without them.
    require(!options.tokenizer.empty() && !options.out.empty() && !options.sources.empty(), ErrorCode::usage,
            "pack: wants --tokenizer, --out and at least one source");
    run(options);
  });
}

}  // namespace bantam::cli
