#include "data/pack_journal.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/threads.h"
#include "data/pack.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
constexpr const char* kName = "journal.json";
constexpr int kJournalVersion = 1;

Json file_identity(const fs::path& path) {
  const auto time = fs::last_write_time(path).time_since_epoch();
  return {fs::absolute(path).lexically_normal().string(), fs::file_size(path),
          static_cast<int64_t>(time.count())};
}

Json format_identity(const RowFormat& format) {
  return {format.tokenizer.sha256(),
          format.begin_token.value_or(-1),
          format.end_token.value_or(-1),
          format.text_field,
          format.prompt_field,
          format.completion_field,
          format.prompts_as_chat,
          name_of(format.learn),
          format.context,
          format.decision_classes,
          format.images ? Json{format.images->size, format.images->patch_size} : Json()};
}

PackJournal parse_journal(const Json& json, const std::string& where) {
  PackJournal journal;
  journal.manifest = parse_manifest(json.at("manifest").dump(), where);
  journal.source = json.at("source").get<uint64_t>();
  journal.file = json.at("file").get<uint64_t>();
  journal.units = json.at("units").get<uint64_t>();
  journal.complaints = json.at("complaints").get<std::vector<std::string>>();
  journal.skipped_bytes = json.at("skipped_bytes").get<uint64_t>();
  const std::vector<PackSource>& sources = journal.manifest.sources;
  require(sources.size() == journal.source + 1 && sources.back().files.size() == journal.file + 1,
          ErrorCode::corrupt, "{}: its place is not where its sources end", where);
  return journal;
}

// Every column as the manifest has it.
void check_shards(const fs::path& staging, const PackManifest& manifest) {
  struct Listed {
    fs::path path;
    const PackColumn* column;
  };
  std::vector<Listed> columns;
  for (const PackShard& shard : manifest.shards)
    for (const PackColumn& column : shard.columns)
      columns.push_back({staging / shard.folder / (column.name + ".npy"), &column});
  parallel_for(columns.size(), [&](size_t i) {
    require(sha256_file(columns[i].path) == columns[i].column->sha256, ErrorCode::corrupt,
            "{}: is not as it was written", columns[i].path.string());
  });
}

std::optional<PackJournal> read_journal(const fs::path& staging, const std::string& identity) {
  const fs::path path = staging / kName;
  if (identity.empty() || !fs::exists(path)) return {};
  try {
    const Json json = read_json(path);
    if (json.at("identity") != identity || json.at("journal_version") != kJournalVersion) {
      log_note("{}: was begun by another command, or its sources have changed; packing begins anew",
               staging.string());
      return {};
    }
    PackJournal journal = parse_journal(json, path.string());
    const fs::path skipped = staging / "skipped.txt.partial";
    require(journal.skipped_bytes == 0 ||
                (fs::exists(skipped) && fs::file_size(skipped) >= journal.skipped_bytes),
            ErrorCode::corrupt, "{}: is shorter than it was", skipped.string());
    check_shards(staging, journal.manifest);
    return journal;
  } catch (const Error& error) {
    log_note("{}; packing begins anew", error.what());
  } catch (const Json::exception&) {
    log_note("{}: is not a journal of packing; packing begins anew", path.string());
  }
  return {};
}

}  // namespace

std::string pack_identity(const PackOptions& options, const std::vector<std::vector<SourceFile>>& files) {
  Json sources = Json::array(), evaluations = Json::array();
  for (size_t i = 0; i < files.size(); ++i) {
    const SourceSpec& spec = options.sources[i];
    if (spec.path == "-") return {};
    Json list = Json::array();
    for (const SourceFile& file : files[i]) {
      if (!fs::is_regular_file(file.path)) return {};
      list.push_back(file_identity(file.path));
    }
    sources.push_back({spec.path.string(), spec.weight.value_or(0), spec.split, spec.licence, list});
  }
  for (const fs::path& evaluation : options.filter.decontaminate)
    for (const SourceFile& file : source_files(evaluation)) {
      if (!fs::is_regular_file(file.path)) return {};
      evaluations.push_back(file_identity(file.path));
    }
  const Json identity = {
      {"format", format_identity(options.format)},
      {"read",
       {static_cast<int>(options.read.documents), options.read.separator, options.read.part_bytes,
        options.read.longest_line}},
      {"rules",
       {options.skip_invalid, options.valid_fraction, options.shard_tokens, options.category_from_folder}},
      {"filter", {name_of(options.filter.dedupe), options.filter.similarity, options.filter.list_only}},
      {"evaluations", evaluations},
      {"sources", sources}};
  return sha256_hex(identity.dump());
}

void write_journal(const fs::path& staging, const std::string& identity, const PackJournal& journal) {
  write_json(staging / kName, {{"journal_version", kJournalVersion},
                               {"identity", identity},
                               {"source", journal.source},
                               {"file", journal.file},
                               {"units", journal.units},
                               {"complaints", journal.complaints},
                               {"skipped_bytes", journal.skipped_bytes},
                               {"manifest", parse_json(manifest_text(journal.manifest), kName)}});
}

std::optional<PackJournal> take_up_journal(const fs::path& staging, const std::string& identity) {
  std::optional<PackJournal> journal = read_journal(staging, identity);
  std::set<std::string> kept = {".lock"};
  if (journal) {
    kept.insert({kName, "skipped.txt.partial"});
    for (const PackShard& shard : journal->manifest.shards) kept.insert(shard.folder);
  }
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(staging))
    if (!kept.contains(entry.path().filename().string())) others.push_back(entry.path());
  for (const fs::path& path : others) remove_whole(path);
  return journal;
}

bool journal_exists(const fs::path& staging) {
  std::error_code unknown;
  return fs::exists(staging / kName, unknown);
}

void remove_journal(const fs::path& staging) { remove_whole(staging / kName); }

}  // namespace bantam
