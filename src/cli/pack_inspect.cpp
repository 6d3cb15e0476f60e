// bantam pack inspect: what a pack is made of, how long its documents are, and rows as the model sees them.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/progress.h"
#include "cli/pack.h"
#include "data/pack_view.h"

namespace bantam::cli {
namespace {

namespace fs = std::filesystem;
constexpr const char* kSplits[] = {"train", "valid"};
constexpr uint64_t kBar = 40;

struct PackInspection {
  std::string pack, tokenizer, split = "train";
  uint64_t rows = 0, first = 0, context = 0;
  bool verify = false, json = false;
};

// The tokenizer that was named, or the one of the run folder that the pack lies in; it must be the pack's.
Tokenizer tokenizer_of(const PackInspection& command, const Pack& pack) {
  const fs::path given = command.tokenizer.empty()
                             ? fs::absolute(pack.path()).lexically_normal().parent_path() / "tokenizer"
                             : fs::path(command.tokenizer);
  const std::string& wanted = pack.manifest().tokenizer.sha256;
  require(!command.tokenizer.empty() || has_tokenizer(given), ErrorCode::usage,
          "{}: its rows are decoded by the tokenizer it was made with (SHA-256 {}), and there is none at {}; "
          "name it with --tokenizer",
          pack.path().string(), wanted, given.string());
  Tokenizer tokenizer = Tokenizer::load(given);
  require(tokenizer.sha256() == wanted, ErrorCode::usage,
          "{}: was made with another tokenizer (SHA-256 {}) than {} ({}); name that one with --tokenizer",
          pack.path().string(), wanted, given.string(), tokenizer.sha256());
  return tokenizer;
}

std::vector<SeenRow> seen_rows(const PackInspection& command, const Pack& pack) {
  std::vector<SeenRow> rows;
  if (command.rows == 0) return rows;
  require(pack.tokens(command.split) > 0, ErrorCode::usage, "{}: holds nothing for the split {}",
          pack.path().string(), command.split);
  const Tokenizer tokenizer = tokenizer_of(command, pack);
  const RowPlan plan = plan_of(pack, command.split, command.context);
  require(command.first < plan.rows(), ErrorCode::usage, "{}: row {}: the split {} has {} rows of {}",
          pack.path().string(), command.first, command.split, plan.rows(), command.context);
  const uint64_t end = command.first + std::min(command.rows, plan.rows() - command.first);
  for (uint64_t row = command.first; row < end; ++row) rows.push_back(seen_row(pack, plan, tokenizer, row));
  return rows;
}

Json row_json(const SeenRow& row) {
  Json segments = Json::array();
  for (const SeenSegment& segment : row.segments) {
    Json runs = Json::array();
    for (const SeenRun& run : segment.runs) runs.push_back({{"learnt", run.learnt}, {"text", run.text}});
    Json json = {{"begin", segment.begin},
                 {"length", segment.length},
                 {"source", segment.source},
                 {"file", segment.file},
                 {"shard", segment.shard},
                 {"document", segment.document},
                 {"first_token", segment.first_token},
                 {"learnt", segment.learnt}};
    if (!segment.category.empty()) json["category"] = segment.category;
    if (!segment.meta.empty()) json["meta"] = segment.meta;
    if (segment.decision)
      json["decision"] = *segment.decision, json["decision_position"] = *segment.decision_position;
    json["runs"] = runs;
    segments.push_back(json);
  }
  return {{"row", row.row}, {"length", row.length}, {"padding", row.padding}, {"segments", segments}};
}

void print_json(const Pack& pack, const std::vector<SeenRow>& rows) {
  Json report = {{"pack", pack.path().string()}, {"sha256", pack.sha256()}};
  for (const char* split : kSplits) {
    Json sources = Json::array(), lengths = Json::array();
    for (const SourceShare& source : source_shares(pack, split))
      sources.push_back({{"name", source.name},
                         {"documents", source.documents},
                         {"tokens", source.tokens},
                         {"text_bytes", source.text_bytes},
                         {"share", source.share}});
    for (const LengthBucket& bucket : length_histogram(pack, split))
      lengths.push_back({{"from", bucket.from},
                         {"to", bucket.to},
                         {"documents", bucket.documents},
                         {"tokens", bucket.tokens}});
    if (!sources.empty()) report["splits"][split] = {{"sources", sources}, {"lengths", lengths}};
  }
  report["manifest"] = parse_json(manifest_text(pack.manifest()), "pack.json");
  report["rows"] = Json::array();
  for (const SeenRow& row : rows) report["rows"].push_back(row_json(row));
  fmt::print("{}", dump_json(report));
}

void print_split(const Pack& pack, const std::string& split) {
  const std::vector<SourceShare> sources = source_shares(pack, split);
  if (sources.empty()) return;
  fmt::print("\n{}\n  {:32} {:>12} {:>14} {:>10} {:>7}\n", split, "source", "documents", "tokens", "text",
             "share");
  for (const SourceShare& source : sources)
    fmt::print("  {:32} {:>12} {:>14} {:>10} {:>6.1f}%{}\n", source.name, grouped(source.documents),
               grouped(source.tokens), bytes_text(static_cast<double>(source.text_bytes)), 100 * source.share,
               source.weight ? fmt::format("  weight {}", *source.weight) : "");
  const std::vector<LengthBucket> histogram = length_histogram(pack, split);
  uint64_t most = 1;
  for (const LengthBucket& bucket : histogram) most = std::max(most, bucket.documents);
  fmt::print("  {:>19}  {:{}} {:>12} {:>14}\n", "tokens a document", "", kBar, "documents", "tokens");
  for (const LengthBucket& bucket : histogram) {
    const uint64_t bar =
        (bucket.documents * kBar + most - 1) / most;  // something shows wherever something is
    const std::string range =
        bucket.from == bucket.to ? grouped(bucket.from) : grouped(bucket.from) + "-" + grouped(bucket.to);
    fmt::print("  {:>19}  {:{}} {:>12} {:>14}\n", range, std::string(bar, '#'), kBar,
               grouped(bucket.documents), grouped(bucket.tokens));
  }
}

void print_counts(const char* what, const Counts& counts) {
  if (counts.by_name.empty()) return;
  fmt::print("  {}:", what);
  for (const auto& [name, count] : counts.by_name) fmt::print(" {} {}", grouped(count), printable(name));
  fmt::print("\n");
}

// Each line of the text behind "+ " where it is learnt and two spaces where it is not.
void print_run(const SeenRun& run) {
  for (size_t begin = 0; begin < run.text.size();) {
    const size_t newline = run.text.find('\n', begin);
    const bool ends = newline != std::string::npos;
    const std::string line = run.text.substr(begin, (ends ? newline : run.text.size()) - begin);
    fmt::print("    {} {}{}\n", run.learnt ? '+' : ' ', printable(line), ends ? "\\n" : "");
    begin += line.size() + ends;
  }
}

void print_row(const SeenRow& row, const std::string& split) {
  fmt::print("\nrow {} of {}: {} positions, {} segments, {} padded\n", row.row, split, row.length,
             row.segments.size(), row.padding);
  for (const SeenSegment& segment : row.segments) {
    fmt::print("  positions {} to {}: {}{}, document {} of {}{}, {} learnt", segment.begin,
               segment.begin + segment.length - 1, segment.source,
               segment.file == segment.source ? "" : "/" + segment.file, segment.document, segment.shard,
               segment.first_token == 0 ? "" : fmt::format(" from token {}", segment.first_token),
               segment.learnt);
    if (!segment.category.empty()) fmt::print(", category {}", printable(segment.category));
    if (segment.decision)
      fmt::print(", decision {} read at position {}", *segment.decision, *segment.decision_position);
    fmt::print("\n");
    if (!segment.meta.empty()) fmt::print("    meta {}\n", printable(segment.meta));
    for (const SeenRun& run : segment.runs) print_run(run);
  }
}

void print_report(const PackInspection& command, const Pack& pack, const std::vector<SeenRow>& rows) {
  const PackManifest& manifest = pack.manifest();
  fmt::print("{}: format version {}, SHA-256 of pack.json {}\n", pack.path().string(),
             manifest.format_version, pack.sha256());
  fmt::print("tokenizer: {} tokens, SHA-256 {}\n", grouped(manifest.tokenizer.vocab_size),
             manifest.tokenizer.sha256);
  fmt::print("learnt of conversations and completions: {}{}\n", name_of(manifest.learn),
             manifest.context == 0 ? "" : fmt::format("; they fit {} positions", manifest.context));
  for (const PackSource& source : manifest.sources) {
    fmt::print("{}: {} files{}\n", source.name, grouped(source.files.size()),
               source.licence.empty() ? "" : ", licence " + source.licence);
    print_counts("categories", source.categories);
    print_counts("skipped", source.skipped);
    print_counts("left out", source.left_out.value_or(Counts{}));
    print_counts("keys not used", source.ignored_fields);
  }
  for (const char* split : kSplits) print_split(pack, split);
  if (!rows.empty()) fmt::print("\n+ is learnt, what is behind no sign is only read\n");
  for (const SeenRow& row : rows) print_row(row, command.split);
}

void inspect(PackInspection command) {
  const Pack pack(command.pack);
  if (command.verify) pack.verify();
  if (command.context == 0) command.context = pack.manifest().context;
  if (command.context == 0) command.context = 512;
  const std::vector<SeenRow> rows = seen_rows(command, pack);
  if (command.json)
    print_json(pack, rows);
  else
    print_report(command, pack, rows);
}

}  // namespace

CLI::App* add_pack_inspect(CLI::App& pack) {
  auto options = std::make_shared<PackInspection>();
  CLI::App* command = pack.add_subcommand(
      "inspect", "What a pack holds: sources, lengths of documents, rows as the model sees them");
  command->add_option("pack", options->pack, "A pack's folder")->required();
  command->add_option("--rows", options->rows,
                      "Shows this many rows: what is learnt, and where segments end");
  command->add_option("--first", options->first, "The first row shown")->capture_default_str();
  command->add_option("--split", options->split, "The split whose rows are shown")
      ->check(CLI::IsMember({"train", "valid"}))
      ->capture_default_str();
  command
      ->add_option("--context", options->context,
                   "Positions of a row (default: those that the pack was made for, or 512)")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 20));
  command->add_option("--tokenizer", options->tokenizer,
                      "The pack's tokenizer (default: the folder \"tokenizer\" beside the pack)");
  command->add_flag("--verify", options->verify, "Also compares the SHA-256 of every column");
  command->add_flag("--json", options->json, "The result as one JSON object");
  command->callback([options] { inspect(*options); });
  return command;
}

}  // namespace bantam::cli
