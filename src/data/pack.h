// Packing: text, JSON rows and token files become a pack (manifest.h). Files stream through in order, tokenised
// by all threads, with bounded memory; the pack's bytes do not depend on the number of threads. Either the
// whole pack appears or nothing does. What was interrupted leaves its whole shards beside the pack's place
// (pack_journal.h), and the same call goes on from them to the same bytes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/document_filter.h"
#include "data/manifest.h"
#include "data/rows.h"
#include "data/source_reader.h"

namespace bantam {

struct SourceSpec {
  std::filesystem::path path;         // a file or a folder
  std::optional<double> weight = {};  // share in the mixture; all sources of a split have one, or none has
  std::string split = "train";        // or "valid"
  std::string licence = {};
};

// "path", "path:weight", "path:weight:split" or "path:split". usage.
SourceSpec parse_source(const std::string& text);

struct PackOptions {
  std::vector<SourceSpec> sources;
  std::filesystem::path out;  // replaced as a whole; usage error where it holds anything but a pack
  RowFormat format;           // the tokenizer and what to read in rows
  SourceReader::Options read = {};
  bool skip_invalid = false;  // leave out rows and lines that cannot be packed, and count them
  double valid_fraction = 0;  // of the documents of train sources, chosen by a hash of their text
  uint64_t shard_tokens =
      256 << 20;  // the shards of a source end with the document that makes one reach this
  FilterOptions filter = {};
  bool category_from_folder = false;  // of documents that name none (category_of_folder)
};

struct PackProgress {
  uint64_t bytes_read = 0, bytes_total = 0;  // of the files as stored; total 0 where unknown
  uint64_t tokens = 0, rows = 0, skipped = 0;
  std::string file;
  const char* doing = "packing";  // or "comparing texts", before it
};

struct PackResult {
  PackManifest manifest;
  std::vector<std::string> complaints;  // the first of what was skipped; skipped.txt of the pack has all
  uint64_t resumed_shards = 0;          // that an interrupted run had left
};

// Throws what made it impossible, or RowError for the first bad row without skip_invalid; cancelled when
// `progress`, called now and then, returns false.
PackResult write_pack(const PackOptions& options,
                      const std::function<bool(const PackProgress&)>& progress = {});

}  // namespace bantam
